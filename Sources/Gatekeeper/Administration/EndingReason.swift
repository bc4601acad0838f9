import SubuserStore

/// What the clients of a session that ends because of a change are told.
///
/// The same words, whether the change came alone or in a document with thousands of others.
enum EndingReason {
    static let accountDeleted = "Your account was deleted"
    static let accountDisabled = "Your account was disabled"
    static let passwordChanged = "Your password was changed"
    static let administratorChanged = "Your permissions were changed"
    static let userNameChanged = "Your user name was changed"
    static let keyRemoved = "The key you signed in with was removed"
    static let serverDeleted = "This server was deleted"
    static let serverMoved = "The files of this server were moved"
    static let ownerChanged = "This server has a new owner"
    static let permissionsChanged = "Your permissions on this server were changed"
    static let signInChanged = "More is needed to sign in now; sign in again"
    static let appPasswordRemoved = "The app password you signed in with was removed"
    static let accessRemoved = "Your access to this server was removed"

    /// With the reason that was given for the ban, if any.
    static func addressBanned(_ reason: DisplayName?) -> String {
        let text = "Your address was banned on this host"
        return reason.map { "\(text): \($0)" } ?? text
    }

    static func serverClosed(_ state: ServerState) -> String { "This server is \(state.rawValue)" }
}
