/// A session whose gate ended without being told to, and so without recording the session's end.
package struct LostSession: Equatable, Sendable {
    /// The session's id as text.
    package let session: String
    package let userID: UserID?
    package let userName: String?
    package let serverID: ServerID?
    /// The address it came from, without a port.
    package let ip: String?
    /// The time of the last that was recorded of it.
    package let lastSeen: Timestamp

    package init(
        session: String,
        userID: UserID?,
        userName: String?,
        serverID: ServerID?,
        ip: String?,
        lastSeen: Timestamp
    ) {
        self.session = session
        self.userID = userID
        self.userName = userName
        self.serverID = serverID
        self.ip = ip
        self.lastSeen = lastSeen
    }
}
