import SubuserStore

/// Who asked for a change: the process at the other end of the control socket.
package struct Caller: Hashable, Sendable {
    /// The user it ran as when it connected (SO_PEERCRED).
    package let userID: UInt32
    package let processID: Int32
    /// Where the person is who wants it, as the caller says; nil when it does not.
    package let clientAddress: ClientAddress?

    package init(userID: UInt32, processID: Int32, clientAddress: ClientAddress? = nil) {
        self.userID = userID
        self.processID = processID
        self.clientAddress = clientAddress
    }

    /// The same caller with what its request says about where the person is; nil for what is no
    /// address.
    package func asking(from text: String?) -> Caller? {
        guard let text else { return self }
        guard let address = ClientAddress(text) else { return nil }
        return Caller(userID: userID, processID: processID, clientAddress: address)
    }
}

extension Caller: CustomStringConvertible {
    /// How the activity log names it.
    package var description: String { ActivityActor.processName(uid: userID) }
}
