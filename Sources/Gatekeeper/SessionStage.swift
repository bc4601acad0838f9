package import SessionLink

/// How far a session process has come, and which messages it may send there.
///
/// The process faces the network. A message in a stage it does not belong to means that the process
/// is not what it was, and it is ended.
package enum SessionStage: Equatable, Sendable {
    /// Started and told to prepare; it has answered nothing yet.
    case preparing
    /// Prepared, waiting for a client.
    case warm
    /// It has a client; the key exchange is not done.
    case connecting
    /// The key exchange is done; nobody has signed in. An attempt may be waiting for its answer.
    case authenticating(attempt: UInt32?)
    /// It was granted access and has not said yet that it serves.
    case granted
    /// It serves files.
    case open
    /// It said its last word.
    case ended

    /// Which kind of thing a message is, for the table below.
    package enum Event: Equatable, Sendable {
        case ready
        case unusable
        case handshake
        case attempt(UInt32)
        case serving
        case activity
        case violation
        case farewell

        package init(_ message: SessionMessage) {
            switch message {
            case .ready: self = .ready
            case .unusable: self = .unusable
            case .handshake: self = .handshake
            case .attempt(let attempt): self = .attempt(attempt.number)
            case .serving: self = .serving
            case .activity: self = .activity
            case .violation: self = .violation
            case .farewell: self = .farewell
            }
        }
    }

    /// The stage after `event`, or nil when the event has no place here.
    package func after(_ event: Event) -> SessionStage? {
        switch (self, event) {
        case (.preparing, .ready): .warm
        case (.preparing, .unusable): .ended
        case (.connecting, .handshake): .authenticating(attempt: nil)
        // A client may send its first attempt in the same breath as the end of the key exchange.
        case (.connecting, .attempt(let number)), (.authenticating(nil), .attempt(let number)):
            .authenticating(attempt: number)
        case (.authenticating(let attempt), .handshake): .authenticating(attempt: attempt)
        case (.granted, .handshake): .granted
        case (.granted, .serving): .open
        case (.open, .activity), (.open, .violation): .open
        case (.connecting, .farewell), (.authenticating, .farewell), (.granted, .farewell),
            (.open, .farewell):
            .ended
        case (.preparing, _), (.warm, _), (.connecting, _), (.authenticating, _), (.granted, _),
            (.open, _), (.ended, _):
            nil
        }
    }

    /// Whether somebody is signed in.
    package var isSignedIn: Bool {
        switch self {
        case .granted, .open: true
        case .preparing, .warm, .connecting, .authenticating, .ended: false
        }
    }
}
