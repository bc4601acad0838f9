import SubuserStore

/// What making the store equal to a document did, or would do.
package struct SnapshotReport: Sendable {
    /// What happened to the records of one kind; each list has at most `SnapshotDraft.listLimit`.
    package struct Changes: Sendable {
        package let addedCount: Int
        package let changedCount: Int
        package let removedCount: Int
        package let added: [String]
        package let changed: [String]
        package let removed: [String]

        init<ID, Value>(
            _ changes: SnapshotDifference.Changes<ID, Value>,
            _ name: (ID) -> String
        ) {
            let limit = SnapshotDraft.listLimit
            addedCount = changes.added.count
            changedCount = changes.changed.count
            removedCount = changes.removed.count
            added = changes.added.prefix(limit).map { name($0.id) }
            changed = changes.changed.prefix(limit).map { name($0.id) }
            removed = changes.removed.prefix(limit).map { name($0.id) }
        }
    }

    /// A session from which something was taken.
    package struct Ending: Sendable {
        package let session: SessionSummary
        /// What its client is told.
        package let reason: String
    }

    /// Whether everything was taken back at the end.
    package let isTrial: Bool
    package let users: Changes
    package let keys: Changes
    package let servers: Changes
    package let subusers: Changes
    package let delegations: Changes
    package let withdrawnInvitations: Int
    /// The sessions that were ended, or would be.
    package let endings: [Ending]
    /// Why the directories of servers cannot be used, at most `SnapshotDraft.listLimit`.
    package let warnings: [String]
    /// How many directories cannot be used.
    package let unusableDirectories: Int
}

extension SnapshotReport {
    init(
        _ difference: SnapshotDifference,
        isTrial: Bool,
        endings: [Ending],
        directories: [String]
    ) {
        func name(_ user: UserID) -> String {
            let user = difference.after.users[user] ?? difference.before.users[user]
            return user.map { "\($0.name)" } ?? ""
        }
        self.init(
            isTrial: isTrial,
            users: Changes(difference.users, name),
            keys: Changes(difference.keys) { "\(name($0.userID)) \($0.fingerprint)" },
            servers: Changes(difference.servers) { "\($0)" },
            subusers: Changes(difference.subusers) { "\($0.serverID) \(name($0.userID))" },
            delegations: Changes(difference.delegations) {
                "\(name($0.ownerID)) \(name($0.userID))"
            },
            withdrawnInvitations: difference.withdrawnInvitations,
            endings: endings,
            warnings: Array(directories.prefix(SnapshotDraft.listLimit)),
            unusableDirectories: directories.count
        )
    }

    /// Whether anything is different.
    package var isChange: Bool {
        [users, keys, servers, subusers, delegations]
            .contains { $0.addedCount + $0.changedCount + $0.removedCount > 0 }
    }
}
