import SubuserStore

/// Which sessions rest on what a difference between two snapshots takes away.
///
/// The rules are those of single changes. There may be tens of thousands of changes and a handful
/// of sessions: so the sessions are looked up in the changes, and not the changes in the sessions.
struct SnapshotEndings {
    private var users: [UserID: String] = [:]
    private var servers: [ServerID: String] = [:]
    private var keys: Set<KeyPlace> = []
    private var subusers: [SubuserPlace: String] = [:]
    private var delegations: [DelegationPlace: String] = [:]
    /// Whose a server was and is, where that says which delegations reach it.
    private let before: [ServerID: NewServer]
    private let after: [ServerID: NewServer]

    init(_ difference: SnapshotDifference) {
        before = difference.before.servers
        after = difference.after.servers
        for (id, _) in difference.users.removed { users[id] = EndingReason.accountDeleted }
        for change in difference.users.changed { users[change.id] = change.endingReason }
        keys = Set(difference.keys.removed.map(\.id))
        for (id, _) in difference.servers.removed { servers[id] = EndingReason.serverDeleted }
        for change in difference.servers.changed { servers[change.id] = change.endingReason }
        // Who is added may be connected as a delegate, with rights that are not theirs any more.
        for place in difference.subusers.added.map(\.id) + difference.subusers.changed.map(\.id) {
            subusers[place] = EndingReason.permissionsChanged
        }
        for (id, _) in difference.subusers.removed { subusers[id] = EndingReason.accessRemoved }
        addDelegations(difference)
        addOwners(difference)
    }

    /// Why a session ends; nil when nothing is taken from it.
    func reason(for session: SessionSummary) -> String? {
        guard let user = session.userID.flatMap({ UserID($0) }),
            let server = session.serverID.flatMap({ ServerID($0) })
        else { return nil }
        if let reason = users[user] { return reason }
        if let key = session.keyFingerprint.flatMap({ KeyFingerprint($0) }),
            keys.contains(KeyPlace(userID: user, fingerprint: key))
        {
            return EndingReason.keyRemoved
        }
        if let reason = servers[server] { return reason }
        let place = SubuserPlace(serverID: server, userID: user)
        if let reason = subusers[place] { return reason }
        for owner in [before[server]?.ownerID, after[server]?.ownerID].compactMap({ $0 }) {
            let place = DelegationPlace(ownerID: owner, userID: user)
            if let reason = delegations[place] { return reason }
        }
        return nil
    }

    private mutating func addDelegations(_ difference: SnapshotDifference) {
        let changed =
            difference.delegations.added.map(\.id)
            + difference.delegations.changed.map(\.id)
        for place in changed { delegations[place] = EndingReason.permissionsChanged }
        for (id, _) in difference.delegations.removed {
            delegations[id] = EndingReason.accessRemoved
        }
    }

    /// A new owner ends the sessions of the old one and of whoever acts for either.
    ///
    /// What ends for the new owner as a subuser is among the subusers.
    private mutating func addOwners(_ difference: SnapshotDifference) {
        let changes = difference.servers.changed.filter {
            $0.before.ownerID != $0.after.ownerID
        }
        guard !changes.isEmpty else { return }
        let delegates = Dictionary(
            grouping: Array(difference.before.delegations.keys)
                + Array(difference.after.delegations.keys),
            by: \.ownerID
        )
        for change in changes {
            var users = [change.before.ownerID]
            for owner in [change.before.ownerID, change.after.ownerID] {
                users += (delegates[owner] ?? []).map(\.userID)
            }
            for user in users {
                let place = SubuserPlace(serverID: change.id, userID: user)
                subusers[place] = EndingReason.ownerChanged
            }
        }
    }
}

extension SnapshotDifference.Changes<UserID, NewUser>.Change {
    /// Why the user's sessions end; nil when they may stay.
    fileprivate var endingReason: String? {
        if before.passwordHash != after.passwordHash { return EndingReason.passwordChanged }
        if before.isAdministrator && !after.isAdministrator {
            return EndingReason.administratorLost
        }
        return before.name != after.name ? EndingReason.userNameChanged : nil
    }
}

extension SnapshotDifference.Changes<ServerID, NewServer>.Change {
    /// Why all of the server's sessions end; nil when they may stay.
    fileprivate var endingReason: String? {
        if before.state.allowsAccess && !after.state.allowsAccess {
            return EndingReason.serverClosed(after.state)
        }
        return before.directory.path.utf8.elementsEqual(after.directory.path.utf8)
            ? nil : EndingReason.serverMoved
    }
}
