package import SFTPProtocol

/// How a client broke the protocol so that its channel cannot go on.
package enum SFTPFailure: Error, Equatable, Sendable {
    /// The stream cannot be cut into packets.
    case framing(FramingError)
    /// A request before SSH_FXP_INIT.
    case requestBeforeInitialization
    /// A second SSH_FXP_INIT.
    case repeatedInitialization
}

extension SFTPFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .framing(let error): "\(error)"
        case .requestBeforeInitialization: "a request before SSH_FXP_INIT"
        case .repeatedInitialization: "a second SSH_FXP_INIT"
        }
    }
}
