package import LinuxSystem
package import PasswordHashing
import WireFormat

/// Why the gate cannot open.
///
/// Each says what is wrong and, in `remedy`, what would be right.
package enum GateFailure: Error {
    /// An address cannot be listened on.
    case cannotListen(SocketAddress, SystemError)
    /// The volumes directory cannot be used.
    case volumes(path: String, SystemError)
    /// A host key file cannot be read or written.
    case hostKeyFile(path: String, SystemError)
    /// A host key file does not hold a private key.
    case unreadableHostKey(path: String)
    /// A host key file can be read by others than its owner.
    case exposedHostKey(path: String, mode: UInt32)
    /// A host key could not be generated.
    case hostKeyNotGenerated(kind: String)
    /// The session program cannot be started.
    case sessionProgram(path: String, SystemError)
    /// Session processes cannot serve; their own words.
    case sessionUnusable(reason: String)
    /// Passwords cannot be hashed as the settings say.
    case hashing(PasswordHashError)
    /// The kernel refused something that every gate needs.
    case system(SystemError)
}

extension GateFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotListen(let address, let error):
            "cannot listen on \(address): \(error.code)"
        case .volumes(let path, let error):
            "the volumes directory \(path) cannot be opened: \(error.code)"
        case .hostKeyFile(let path, let error):
            "the host key file \(path) cannot be used: \(error.code)"
        case .unreadableHostKey(let path):
            "the host key file \(path) does not hold a private key that can be read"
        case .exposedHostKey(let path, let mode):
            "the host key file \(path) can be read by others (mode \(String(mode, radix: 8)))"
        case .hostKeyNotGenerated(let kind): "the \(kind) host key could not be generated"
        case .sessionProgram(let path, let error):
            "the session program \(path) cannot be started: \(error.code)"
        case .sessionUnusable(let reason):
            "session processes cannot serve: \(ByteString.escaped(text: reason))"
        case .hashing(let error): "passwords cannot be checked: \(error)"
        case .system(let error): "\(error)"
        }
    }

    /// What the operator can do about it.
    package var remedy: String {
        switch self {
        case .cannotListen(_, let error) where error.code == .addressInUse:
            "another program uses this port (is a gate running already?); see `ss -ltnp`, or change ssh.listen"
        case .cannotListen(_, let error) where error.code == .permissionDenied:
            "ports below 1024 need a privilege that the gate does not have; choose a higher one in ssh.listen"
        case .cannotListen: "check ssh.listen against the addresses of this host"
        case .volumes: "create it, owned by the user that runs the gate, or change files.volumes"
        case .hostKeyFile:
            "let the user that runs the gate read and write it, or change ssh.host_keys_directory"
        case .unreadableHostKey:
            "restore it from a backup, or remove it: a new one is made, and clients will warn that the host has changed"
        case .exposedHostKey(let path, _):
            "`chmod 600 \(path)`; if others may have read it, remove it so that a new one is made"
        case .hostKeyNotGenerated, .sessionProgram:
            "check sessions.program: it names the portcullis-session program of the same version"
        case .sessionUnusable:
            "check ssh.profile, the ssh.* lists and sessions.confinement"
        case .hashing: "lower passwords.cost, or give the host more memory"
        case .system: "see the system's log"
        }
    }
}
