/// Everything a session can be asked to do to a server's files, as permissions see it.
///
/// A request on the wire maps to one of these once its flags and the state of the disk are known:
/// an OPEN is `openForReading`, `openForWriting` or `createFile`.
package enum FileOperation: UInt8, CaseIterable, Sendable {
    case list
    case readAttributes
    case readLink
    case fileSystemStatus
    case openForReading
    case readContent
    case openForWriting
    case createFile
    case writeContent
    case synchronize
    case changeAttributes
    case makeDirectory
    case removeFile
    case removeDirectory
    case rename
    case replace
    case makeSymbolicLink
    case makeHardLink
    case digestContent

    /// The one table: which right each operation needs.
    package var requiredRight: FileRight {
        switch self {
        case .list, .readAttributes, .readLink, .fileSystemStatus: .read
        case .openForReading, .readContent, .digestContent: .readContent
        case .openForWriting, .writeContent, .synchronize, .changeAttributes: .update
        case .createFile, .makeDirectory, .makeSymbolicLink, .makeHardLink: .create
        case .removeFile, .removeDirectory: .delete
        case .rename, .replace: .update
        }
    }

    /// Whether a handle that created its file may do this without the right.
    ///
    /// Whoever may make a file may also fill it and set its attributes, as long as the handle
    /// that made it stays open.
    package var isAllowedOnOwnCreation: Bool {
        switch self {
        case .writeContent, .synchronize, .changeAttributes: true
        case .list, .readAttributes, .readLink, .fileSystemStatus, .openForReading, .readContent,
            .openForWriting, .createFile, .makeDirectory, .removeFile, .removeDirectory, .rename,
            .replace, .makeSymbolicLink, .makeHardLink, .digestContent:
            false
        }
    }

    /// The event under which the activity log keeps it; nil for what is not recorded.
    package var activityEvent: ActivityEvent? {
        switch self {
        case .createFile: .create
        case .openForWriting, .writeContent: .write
        case .openForReading, .readContent: .read
        case .makeDirectory: .createDirectory
        case .removeFile, .removeDirectory: .delete
        case .rename, .replace: .rename
        case .changeAttributes: .changeMode
        case .makeSymbolicLink: .makeSymbolicLink
        case .makeHardLink: .makeHardLink
        case .list, .readAttributes, .readLink, .fileSystemStatus, .synchronize, .digestContent: nil
        }
    }

    /// Whether it moves content of files.
    package var movesContent: Bool {
        self == .readContent || self == .writeContent
    }

    /// Whether it takes content out of the host, which the activity log keeps only on demand.
    package var isDownload: Bool {
        self == .openForReading || self == .readContent
    }

    /// The short name used in logs and in denials.
    package var name: String {
        switch self {
        case .list: "list"
        case .readAttributes: "stat"
        case .readLink: "readlink"
        case .fileSystemStatus: "statvfs"
        case .openForReading: "open-read"
        case .readContent: "read"
        case .openForWriting: "open-write"
        case .createFile: "create"
        case .writeContent: "write"
        case .synchronize: "fsync"
        case .changeAttributes: "setstat"
        case .makeDirectory: "mkdir"
        case .removeFile: "remove"
        case .removeDirectory: "rmdir"
        case .rename: "rename"
        case .replace: "posix-rename"
        case .makeSymbolicLink: "symlink"
        case .makeHardLink: "hardlink"
        case .digestContent: "check-file"
        }
    }
}
