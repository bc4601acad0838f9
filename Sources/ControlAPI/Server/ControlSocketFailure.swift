package import LinuxSystem

/// Why the control socket cannot be opened.
package enum ControlSocketFailure: Error {
    /// Somebody answers there already.
    case inUse(path: String)
    /// Something that is not a socket lies there.
    case notASocket(path: String)
    /// The path has no room in a socket address.
    case pathTooLong(path: String)
    /// There is no group of this name.
    case unknownGroup(name: String)
    /// The kernel refused.
    case system(path: String, SystemError)
}

extension ControlSocketFailure {
    init(_ error: SystemError, path: String) {
        switch error.code {
        case .addressInUse: self = .inUse(path: path)
        case .fileExists: self = .notASocket(path: path)
        case .nameTooLong: self = .pathTooLong(path: path)
        default: self = .system(path: path, error)
        }
    }
}

extension ControlSocketFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inUse(let path): "another program serves the control socket \(path)"
        case .notASocket(let path): "\(path) is in the way: it is not a socket"
        case .pathTooLong(let path): "the control socket's path is too long: \(path)"
        case .unknownGroup(let name): "there is no group \(name) for the control socket"
        case .system(let path, let error):
            "the control socket \(path) cannot be opened: \(error.code)"
        }
    }

    /// What the operator can do about it.
    package var remedy: String {
        switch self {
        case .inUse: "is a gate running already? end it, or change control.socket"
        case .notASocket: "move it away, or change control.socket"
        case .pathTooLong: "choose a path of at most 107 bytes in control.socket"
        case .unknownGroup: "create it, or change control.group"
        case .system:
            "let the user that runs the gate write to the directory, or change control.socket; a "
                + "group in control.group must be one that this user belongs to"
        }
    }
}
