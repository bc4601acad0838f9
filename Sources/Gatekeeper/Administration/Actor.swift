package import SubuserStore

/// Who wants something done: the panel itself, or one of its users through it.
package struct Actor: Hashable, Sendable {
    /// The process at the other end of the control socket.
    package let caller: Caller
    /// In whose name it asks; nil for the panel itself, which may do everything.
    package let user: User?

    package init(_ caller: Caller, inTheNameOf user: User? = nil) {
        self.caller = caller
        self.user = user
    }
}

extension Actor: CustomStringConvertible {
    /// How the activity log names it.
    package var description: String { user.map { "\($0.name)" } ?? "\(caller)" }
}
