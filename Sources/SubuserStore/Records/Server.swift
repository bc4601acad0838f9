package import AccessControl

/// One server of the host: whose it is and where its files lie.
package struct Server: Hashable, Sendable {
    package var id: ServerID
    package let shortID: ShortID
    package var name: DisplayName
    package var ownerID: UserID
    package var ownerName: UserName
    package var directory: ServerDirectory
    package var state: ServerState
    /// What is demanded of everybody who signs in on it; nil for nothing in particular.
    package var policy: SignInPolicy?
    package var createdAt: Timestamp
    package var updatedAt: Timestamp

    package init(
        id: ServerID,
        name: DisplayName,
        ownerID: UserID,
        ownerName: UserName,
        directory: ServerDirectory,
        state: ServerState,
        policy: SignInPolicy? = nil,
        createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        shortID = ShortID(of: id)
        self.name = name
        self.ownerID = ownerID
        self.ownerName = ownerName
        self.directory = directory
        self.state = state
        self.policy = policy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// What is needed to create a server.
package struct NewServer: Sendable {
    package var id: ServerID
    package var name: DisplayName
    package var ownerID: UserID
    package var directory: ServerDirectory
    package var state: ServerState
    /// What is demanded of everybody who signs in on it; nil for nothing in particular.
    package var policy: SignInPolicy?

    package init(
        id: ServerID = .random(),
        name: DisplayName,
        ownerID: UserID,
        directory: ServerDirectory,
        state: ServerState = .normal,
        policy: SignInPolicy? = nil
    ) {
        self.id = id
        self.name = name
        self.ownerID = ownerID
        self.directory = directory
        self.state = state
        self.policy = policy
    }
}

/// What shall become different about a server; nil leaves a part as it is.
package struct ServerEdit: Sendable {
    package var name: DisplayName?
    package var ownerID: UserID?
    package var directory: ServerDirectory?
    package var state: ServerState?
    package var policy: PolicyEdit

    package init(
        name: DisplayName? = nil,
        ownerID: UserID? = nil,
        directory: ServerDirectory? = nil,
        state: ServerState? = nil,
        policy: PolicyEdit = .keep
    ) {
        self.name = name
        self.ownerID = ownerID
        self.directory = directory
        self.state = state
        self.policy = policy
    }
}

/// What an edit of a server did.
package struct ServerChange: Equatable, Sendable {
    package var before: Server
    package var after: Server
    /// The assignment that ended because its user became the owner.
    package var endedSubuser: Subuser?

    /// Whether anything is different.
    package var isChange: Bool {
        before.name != after.name || before.ownerID != after.ownerID
            || before.directory != after.directory || before.state != after.state
            || before.policy != after.policy
    }
}

/// A server that is forgotten, with what went with it.
package struct RemovedServer: Equatable, Sendable {
    package var server: Server
    /// With whom it was shared, ordered by user name.
    package var subusers: [Subuser]
}

/// How somebody named a server.
package enum ServerReference: Hashable, Sendable {
    case id(ServerID)
    case shortID(ShortID)

    /// Reads a UUID or a short id; nil for what can be neither.
    package init?(_ text: String) {
        if let id = ServerID(text) {
            self = .id(id)
        } else if let shortID = ShortID(text) {
            self = .shortID(shortID)
        } else {
            return nil
        }
    }
}
