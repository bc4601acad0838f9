package import AccessControl

/// One thing that happened, to be kept.
///
/// It names people and servers as they were called then, and stays when they are deleted.
package struct ActivityEntry: Equatable, Sendable {
    package var time: Timestamp
    /// For instance `server:sftp.login`.
    package var event: String
    /// The user it is about.
    package var userID: UserID?
    /// The user's name at the time.
    package var userName: String?
    package var serverID: ServerID?
    /// The session's id as text.
    package var session: String?
    /// The address it came from, without a port; of a change, the one that the panel gave.
    package var ip: String?
    /// Who made a change over the control API: a user's name, or `uid 0`; nil for the user
    /// themselves.
    package var actor: String?
    /// The actor, where it is a user.
    package var actorID: UserID?
    /// The account all of whose servers it concerns, where it concerns them all.
    package var ownerID: UserID?
    package var properties: [String: JSONValue]

    /// Something under a name that this version may not know, as a store can hold it.
    package init(
        time: Timestamp = .now,
        event: String,
        userID: UserID? = nil,
        userName: String? = nil,
        serverID: ServerID? = nil,
        session: String? = nil,
        ip: String? = nil,
        actor: String? = nil,
        actorID: UserID? = nil,
        ownerID: UserID? = nil,
        properties: [String: JSONValue] = [:]
    ) {
        self.time = time
        self.event = event
        self.userID = userID
        self.userName = userName
        self.serverID = serverID
        self.session = session
        self.ip = ip
        self.actor = actor
        self.actorID = actorID
        self.ownerID = ownerID
        self.properties = properties
    }
}

extension ActivityEntry {
    /// Something that happens now.
    package init(
        _ event: ActivityEvent,
        userID: UserID? = nil,
        userName: String? = nil,
        serverID: ServerID? = nil,
        session: String? = nil,
        ip: String? = nil,
        ownerID: UserID? = nil,
        properties: [String: JSONValue] = [:]
    ) {
        self.init(
            event: event.rawValue,
            userID: userID,
            userName: userName,
            serverID: serverID,
            session: session,
            ip: ip,
            ownerID: ownerID,
            properties: properties
        )
    }
}

/// An entry as it lies in the store.
package struct ActivityRecord: Equatable, Sendable {
    /// Later entries have larger ids.
    package var id: Int64
    /// Where it stood in what is read on when it was read: its id until it has changed.
    package var position: Int64
    package var entry: ActivityEntry

    /// An entry that has not changed since it was recorded stands at its id.
    package init(id: Int64, position: Int64? = nil, entry: ActivityEntry) {
        self.id = id
        self.position = position ?? id
        self.entry = entry
    }
}
