import SubuserStore

/// Who asked for a change: the process at the other end of the control socket.
package struct Caller: Hashable, Sendable {
    /// The user it ran as when it connected (SO_PEERCRED).
    package let userID: UInt32
    package let processID: Int32

    package init(userID: UInt32, processID: Int32) {
        self.userID = userID
        self.processID = processID
    }
}

extension Caller: CustomStringConvertible {
    /// How the activity log names it.
    package var description: String { ActivityActor.processName(uid: userID) }
}
