package import AccessControl

/// What has to happen to one snapshot so that it becomes another.
package struct SnapshotDifference: Sendable {
    /// What happened to the records of one kind, each list in the order of the ids.
    package struct Changes<ID: Comparable & Hashable & Sendable, Value: Sendable>: Sendable {
        /// A record that is there before and after, and is not the same.
        package struct Change: Sendable {
            package let id: ID
            package let before: Value
            package let after: Value
        }

        package let added: [(id: ID, value: Value)]
        package let changed: [Change]
        package let removed: [(id: ID, value: Value)]

        /// Whether nothing happened.
        package var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

        fileprivate init(
            from before: [ID: Value],
            to after: [ID: Value],
            _ areSame: (Value, Value) -> Bool
        ) {
            added = after.filter { before[$0.key] == nil }.sorted { $0.key < $1.key }
                .map { (id: $0.key, value: $0.value) }
            removed = before.filter { after[$0.key] == nil }.sorted { $0.key < $1.key }
                .map { (id: $0.key, value: $0.value) }
            changed = after.compactMap { id, value in
                guard let old = before[id], !areSame(old, value) else { return nil }
                return Change(id: id, before: old, after: value)
            }.sorted { $0.id < $1.id }
        }
    }

    package let before: Snapshot
    package let after: Snapshot
    package let users: Changes<UserID, NewUser>
    package let keys: Changes<KeyPlace, PlacedKey>
    package let servers: Changes<ServerID, NewServer>
    package let subusers: Changes<SubuserPlace, PermissionSet>
    package let delegations: Changes<DelegationPlace, PermissionSet>
    /// Invitations that ended because their address has an account now.
    package internal(set) var withdrawnInvitations = 0

    package init(from before: Snapshot, to after: Snapshot) {
        self.before = before
        self.after = after
        users = Changes(from: before.users, to: after.users) { $0.isSame(as: $1) }
        keys = Changes(from: before.keys, to: after.keys) { areSame($0.name, $1.name) }
        servers = Changes(from: before.servers, to: after.servers) { $0.isSame(as: $1) }
        subusers = Changes(from: before.subusers, to: after.subusers, ==)
        delegations = Changes(from: before.delegations, to: after.delegations, ==)
    }

    /// The users who have another password, or none any more.
    package var changedPasswords: [UserID] {
        users.changed.filter { $0.before.passwordHash != $0.after.passwordHash }.map(\.id)
    }

    /// Whether the two are the same.
    package var isEmpty: Bool {
        users.isEmpty && keys.isEmpty && servers.isEmpty && subusers.isEmpty && delegations.isEmpty
    }
}

extension NewUser {
    fileprivate func isSame(as other: NewUser) -> Bool {
        name == other.name && passwordHash == other.passwordHash
            && isAdministrator == other.isAdministrator && hasTwoFactor == other.hasTwoFactor
            && isDisabled == other.isDisabled && policy == other.policy
            && areSame(email, other.email)
    }
}

extension NewServer {
    fileprivate func isSame(as other: NewServer) -> Bool {
        ownerID == other.ownerID && state == other.state && policy == other.policy
            && areSame(name, other.name) && areSame(directory, other.directory)
    }
}

/// Whether two values are written with the same bytes.
///
/// Swift takes texts for equal that a file system keeps apart, and addresses are equal in any case.
private func areSame(
    _ left: (some CustomStringConvertible)?,
    _ right: (some CustomStringConvertible)?
) -> Bool {
    switch (left?.description, right?.description) {
    case (nil, nil): true
    case (let left?, let right?): left.utf8.elementsEqual(right.utf8)
    case (nil, _?), (_?, nil): false
    }
}
