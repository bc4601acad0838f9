package import LinuxSystem

/// Why the transport cannot do what it was asked.
package enum SSHFailure: Error, Equatable {
    /// A host key, counted from zero, is not a private key that libssh can read.
    case unreadableHostKey(position: Int)
    /// No host key was given.
    case noHostKey
    /// libssh knows none of the names in this list.
    case unusableAlgorithms(list: String, reason: String)
    /// A key could not be made or written as text.
    case keyGenerationFailed
    /// libssh could not take the connection.
    case connectionRefused(reason: String)
    /// A system call failed.
    case system(SystemError)
}

extension SSHFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadableHostKey(let position):
            "host key \(position + 1) is not a readable private key"
        case .noHostKey: "there is no host key"
        case .unusableAlgorithms(let list, let reason): "\(list): \(reason)"
        case .keyGenerationFailed: "the host key could not be generated"
        case .connectionRefused(let reason): "the connection could not be set up: \(reason)"
        case .system(let error): "\(error)"
        }
    }
}
