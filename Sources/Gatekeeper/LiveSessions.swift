package import SessionLink
package import SubuserStore

/// The sessions that are open now: to look at, and to end for certain.
///
/// The gate itself is one; tests of what stands above it bring their own.
package protocol LiveSessions: Sendable {
    /// Every connection, those that have not signed in yet included.
    func sessions() async -> [SessionSummary]

    /// Ends every session that any of `orders` matches and answers when the kernel reports their
    /// processes gone, each order by itself and in their order.
    ///
    /// All of them end together, so that the slowest session says how long it takes. One that
    /// several orders match is told the reason of the first and found by each.
    ///
    /// Call it after the change that takes the access away is stored: a sign-in that is decided
    /// later sees that change, one decided earlier is found and ended.
    func revoke(_ orders: [RevocationOrder]) async -> [RevocationOutcome]

    /// Ends those sessions that `selector` matches and that would not be granted again just as they
    /// were, as the store is now; the others are left alone.
    ///
    /// Call it, like `revoke`, after the change is stored. A session about which the store does not
    /// answer is ended.
    func review(
        _ selector: RevocationSelector,
        reason: String,
        gained: GainedRights
    ) async -> RevocationOutcome

    /// Sees that nobody whom `selector` means goes on with what an earlier change has taken away.
    func settle(_ selector: RevocationSelector, gained: GainedRights) async
}

extension LiveSessions {
    /// A review finds whatever another call has not begun to end yet, and waits for what it has.
    package func settle(_ selector: RevocationSelector, gained: GainedRights) async {
        _ = await review(selector, reason: EndingReason.permissionsChanged, gained: gained)
    }

    /// The same for one selector alone.
    package func revoke(
        _ selector: RevocationSelector,
        reason: String
    ) async -> RevocationOutcome {
        let order = RevocationOrder(selector: selector, reason: reason)
        return await revoke([order]).first ?? RevocationOutcome()
    }
}

/// Which sessions shall end, what their clients are told, and under which job.
package struct RevocationOrder: Equatable, Sendable {
    package let selector: RevocationSelector
    package let reason: String
    /// Nil for a change, which has no job.
    package let job: RevocationJobID?

    package init(selector: RevocationSelector, reason: String, job: RevocationJobID? = nil) {
        self.selector = selector
        self.reason = reason
        self.job = job
    }
}

/// What happens to sessions whose rights have only grown.
package enum GainedRights: String, CaseIterable, Sendable {
    /// They end like all others; whoever signs in again has the new rights.
    case revoke
    /// They go on and have the new rights from now on.
    case keep
}

/// Which sessions a revocation ends.
package enum RevocationSelector: Hashable, Sendable {
    case session(SessionID)
    /// These, however many.
    case sessions(Set<SessionID>)
    /// A user on every server.
    case user(String)
    /// A server's every session.
    case server(String)
    /// One user on one server.
    case userOnServer(user: String, server: String)
    /// One user on some servers.
    case userOnServers(user: String, servers: Set<String>)
    /// Sessions that signed in with this key (`SHA256:…`), whoever's it is.
    case key(fingerprint: String)
    /// Sessions of one user that signed in with this key.
    case keyOfUser(user: String, fingerprint: String)
    case everything
}

extension RevocationSelector {
    /// Whether it means this session.
    package func matches(_ session: SessionSummary) -> Bool {
        switch self {
        case .session(let id): session.id == id
        case .sessions(let ids): ids.contains(session.id)
        case .user(let user): session.userID == user
        case .server(let server): session.serverID == server
        case .userOnServer(let user, let server):
            session.userID == user && session.serverID == server
        case .userOnServers(let user, let servers):
            session.userID == user && (session.serverID.map(servers.contains) ?? false)
        case .key(let fingerprint): session.keyFingerprint == fingerprint
        case .keyOfUser(let user, let fingerprint):
            session.userID == user && session.keyFingerprint == fingerprint
        case .everything: true
        }
    }
}
