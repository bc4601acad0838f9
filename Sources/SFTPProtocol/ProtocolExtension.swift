/// An extension of version 3 as it is announced (OpenSSH's PROTOCOL, section 4).
///
/// check-file, home-directory and copy-data are those of
/// draft-ietf-secsh-filexfer-extensions-00, sections 3, 5 and 7.
package enum ProtocolExtension: String, CaseIterable, Sendable {
    case posixRename = "posix-rename@openssh.com"
    case fileSystemStatus = "statvfs@openssh.com"
    case handleFileSystemStatus = "fstatvfs@openssh.com"
    case hardLink = "hardlink@openssh.com"
    case synchronize = "fsync@openssh.com"
    case setLinkStatus = "lsetstat@openssh.com"
    case limits = "limits@openssh.com"
    case expandPath = "expand-path@openssh.com"
    case copyData = "copy-data"
    case homeDirectory = "home-directory"
    case usersAndGroups = "users-groups-by-id@openssh.com"
    case checkFile = "check-file"

    /// What is announced with the name: a revision or, for check-file, the algorithms.
    package var announcement: String {
        switch self {
        case .posixRename, .hardLink, .synchronize, .setLinkStatus, .limits, .expandPath,
            .copyData, .homeDirectory, .usersAndGroups:
            "1"
        case .fileSystemStatus, .handleFileSystemStatus: "2"
        case .checkFile: DigestAlgorithm.allCases.map(\.rawValue).joined(separator: ",")
        }
    }
}

/// A hash that check-file can make.
package enum DigestAlgorithm: String, CaseIterable, Sendable {
    case md5
    case sha1
    case sha256
    case sha384
    case sha512
}
