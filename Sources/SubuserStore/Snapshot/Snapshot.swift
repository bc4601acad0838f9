package import AccessControl

/// Everything that decides who may work on which server: people, keys, servers and who shares them.
///
/// Only `SnapshotBuilder` and the store make one: nothing in it contradicts itself.
package struct Snapshot: Sendable {
    package internal(set) var users: [UserID: NewUser] = [:]
    package internal(set) var keys: [KeyPlace: PlacedKey] = [:]
    package internal(set) var servers: [ServerID: NewServer] = [:]
    package internal(set) var subusers: [SubuserPlace: PermissionSet] = [:]
    package internal(set) var delegations: [DelegationPlace: PermissionSet] = [:]

    /// Whose policy a document says nothing about.
    var usersOfUnsaidPolicy: Set<UserID> = []
    /// About which servers' policies it says nothing.
    var serversOfUnsaidPolicy: Set<ServerID> = []

    init() {}

    /// The same, with policies about which nothing is said as they are in `before`.
    func keepingPolicies(of before: Snapshot) -> Snapshot {
        var said = self
        for id in usersOfUnsaidPolicy { said.users[id]?.policy = before.users[id]?.policy }
        for id in serversOfUnsaidPolicy { said.servers[id]?.policy = before.servers[id]?.policy }
        said.usersOfUnsaidPolicy = []
        said.serversOfUnsaidPolicy = []
        return said
    }

    /// How many there are of each.
    package var counts: SnapshotCounts {
        SnapshotCounts(
            users: users.count,
            keys: keys.count,
            servers: servers.count,
            subusers: subusers.count,
            delegations: delegations.count
        )
    }
}

/// Whether a record of a document says anything about a policy; that there is none is something.
package enum PolicyMention: Hashable, Sendable {
    case said
    /// It stays what it is.
    case unsaid
}

/// How many records of each kind there are.
package struct SnapshotCounts: Hashable, Sendable {
    package var users: Int
    package var keys: Int
    package var servers: Int
    package var subusers: Int
    package var delegations: Int

    package init(users: Int, keys: Int, servers: Int, subusers: Int, delegations: Int) {
        self.users = users
        self.keys = keys
        self.servers = servers
        self.subusers = subusers
        self.delegations = delegations
    }
}

/// Whose key it is and which one.
package struct KeyPlace: Hashable, Sendable {
    package var userID: UserID
    package var fingerprint: KeyFingerprint

    package init(userID: UserID, fingerprint: KeyFingerprint) {
        self.userID = userID
        self.fingerprint = fingerprint
    }
}

/// A key as somebody has it.
package struct PlacedKey: Sendable {
    package var kind: PublicKey.Kind
    /// The key as it travels in the protocol (RFC 4253 section 6.6).
    package var blob: [UInt8]
    /// What its user calls it; nil for no name.
    package var name: DisplayName?

    /// The line of a .pub file, without a comment.
    package var line: String { kind.line(of: blob) }
}

/// A user on a server that is not theirs.
package struct SubuserPlace: Hashable, Sendable {
    package var serverID: ServerID
    package var userID: UserID

    package init(serverID: ServerID, userID: UserID) {
        self.serverID = serverID
        self.userID = userID
    }
}

/// Somebody who acts for an owner on all servers of theirs.
package struct DelegationPlace: Hashable, Sendable {
    package var ownerID: UserID
    package var userID: UserID

    package init(ownerID: UserID, userID: UserID) {
        self.ownerID = ownerID
        self.userID = userID
    }
}

extension Identifier: Comparable {
    package static func < (left: Identifier, right: Identifier) -> Bool {
        left.description < right.description
    }
}

extension KeyPlace: Comparable {
    package static func < (left: KeyPlace, right: KeyPlace) -> Bool {
        (left.userID, left.fingerprint.description)
            < (right.userID, right.fingerprint.description)
    }
}

extension SubuserPlace: Comparable {
    package static func < (left: SubuserPlace, right: SubuserPlace) -> Bool {
        (left.serverID, left.userID) < (right.serverID, right.userID)
    }
}

extension DelegationPlace: Comparable {
    package static func < (left: DelegationPlace, right: DelegationPlace) -> Bool {
        (left.ownerID, left.userID) < (right.ownerID, right.userID)
    }
}
