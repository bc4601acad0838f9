import AccessControl
import SubuserStore

/// What a difference between two snapshots does to sessions that are open.
///
/// The rules are those of single changes. There may be tens of thousands of changes and a handful
/// of sessions: so the sessions are looked up in the snapshots, and not the changes in the sessions.
struct SnapshotEndings {
    let before: Snapshot
    let after: Snapshot
    let gained: GainedRights

    /// What becomes of one session.
    enum Fate: Equatable {
        case stays
        /// It stays, and has more rights from now on.
        case grows
        /// Something else is demanded of whoever signs in there; only the gate knows what was proven.
        case isReviewed
        case ends(reason: String)
    }

    init(_ difference: SnapshotDifference, gained: GainedRights) {
        before = difference.before
        after = difference.after
        self.gained = gained
    }

    /// What becomes of a session; of one that nobody has signed in to, nothing.
    func fate(of session: SessionSummary) -> Fate {
        guard let userID = session.userID.flatMap({ UserID($0) }),
            let serverID = session.serverID.flatMap({ ServerID($0) })
        else { return .stays }
        guard let user = after.users[userID] else {
            return .ends(reason: EndingReason.accountDeleted)
        }
        if let reason = before.users[userID]?.endingReason(after: user) {
            return .ends(reason: reason)
        }
        if let key = session.keyFingerprint.flatMap({ KeyFingerprint($0) }),
            after.keys[KeyPlace(userID: userID, fingerprint: key)] == nil
        {
            return .ends(reason: EndingReason.keyRemoved)
        }
        guard let server = after.servers[serverID] else {
            return .ends(reason: EndingReason.serverDeleted)
        }
        if let reason = before.servers[serverID]?.endingReason(after: server) {
            return .ends(reason: reason)
        }
        let isDemandSame =
            before.users[userID]?.policy == user.policy
            && before.users[userID]?.hasTwoFactor == user.hasTwoFactor
            && before.servers[serverID]?.policy == server.policy
        let rights = after.rights(of: user, on: server)
        if rights == session.rights { return isDemandSame ? .stays : .isReviewed }
        if gained == .keep, let rights, rights.isSuperset(of: session.rights) {
            return isDemandSame ? .grows : .isReviewed
        }
        return .ends(reason: reason(user, server, hasRights: rights != nil))
    }

    /// Why somebody's rights are others than they were.
    private func reason(_ user: NewUser, _ server: NewServer, hasRights: Bool) -> String {
        if before.users[user.id]?.isAdministrator != user.isAdministrator {
            return EndingReason.administratorChanged
        }
        if before.servers[server.id]?.ownerID != server.ownerID { return EndingReason.ownerChanged }
        return hasRights ? EndingReason.permissionsChanged : EndingReason.accessRemoved
    }
}

extension Snapshot {
    /// What a user may do with a server's files; nil when they may not sign in.
    fileprivate func rights(of user: NewUser, on server: NewServer) -> FileRights? {
        if user.isAdministrator || server.ownerID == user.id { return .all }
        let assigned = subusers[SubuserPlace(serverID: server.id, userID: user.id)]
        let delegated = delegations[DelegationPlace(ownerID: server.ownerID, userID: user.id)]
        let held = FileRights(from: (assigned ?? .none).union(delegated ?? .none))
        return held.includes(.sftp) ? held : nil
    }
}

extension NewUser {
    /// Why all of the user's sessions end, whatever they may do; nil when they may stay.
    fileprivate func endingReason(after: NewUser) -> String? {
        if after.isDisabled && !isDisabled { return EndingReason.accountDisabled }
        if passwordHash != after.passwordHash { return EndingReason.passwordChanged }
        return name != after.name ? EndingReason.userNameChanged : nil
    }
}

extension NewServer {
    /// Why all of the server's sessions end; nil when they may stay.
    fileprivate func endingReason(after: NewServer) -> String? {
        if state.allowsAccess && !after.state.allowsAccess {
            return EndingReason.serverClosed(after.state)
        }
        return directory == after.directory ? nil : EndingReason.serverMoved
    }
}
