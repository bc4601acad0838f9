/// One of the `file.*` permissions that decide what a session may do.
///
/// The names are the panels' own and are stored and shown exactly so.
package enum FileRight: String, CaseIterable, Sendable {
    /// Make new files and directories.
    case create = "file.create"
    /// List directories and see attributes, not content.
    case read = "file.read"
    /// Read what is inside files.
    case readContent = "file.read-content"
    /// Change what exists: content, names, attributes.
    case update = "file.update"
    /// Remove files and directories.
    case delete = "file.delete"
    /// Pack and unpack archives; enforced by the panel, SFTP has no such request.
    case archive = "file.archive"
    /// Sign in over SFTP at all.
    case sftp = "file.sftp"
}

/// The file rights a session was granted, compiled so that a check costs one instruction.
package struct FileRights: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// A set of exactly these rights.
    package init(_ rights: some Sequence<FileRight>) {
        self = rights.reduce(into: []) { $0.formUnion(FileRights(of: $1)) }
    }

    /// The rights that `permissions` give; other permissions mean nothing to a session.
    package init(from permissions: PermissionSet) {
        self.init(FileRight.allCases.filter { permissions.contains($0.permission) })
    }

    private init(of right: FileRight) {
        let position: UInt16 =
            switch right {
            case .create: 0
            case .read: 1
            case .readContent: 2
            case .update: 3
            case .delete: 4
            case .archive: 5
            case .sftp: 6
            }
        self.init(rawValue: 1 << position)
    }

    /// Every file right: what an owner or an administrator has.
    package static let all = FileRights(FileRight.allCases)

    /// Whether `right` is in the set.
    package func includes(_ right: FileRight) -> Bool {
        contains(FileRights(of: right))
    }
}

extension FileRights: CustomStringConvertible {
    package var description: String {
        FileRight.allCases.filter(includes).map(\.rawValue).joined(separator: ",")
    }
}
