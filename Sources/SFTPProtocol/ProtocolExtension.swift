/// An extended request that this server understands (OpenSSH's PROTOCOL, section 4).
package enum ProtocolExtension: String, CaseIterable, Sendable {
    case posixRename = "posix-rename@openssh.com"
    case fileSystemStatus = "statvfs@openssh.com"
    case synchronize = "fsync@openssh.com"
    case limits = "limits@openssh.com"

    /// The revision announced with the name.
    package var revision: String {
        switch self {
        case .posixRename, .synchronize, .limits: "1"
        case .fileSystemStatus: "2"
        }
    }
}
