import SessionLink

/// Which sessions are open and what each is, as a value.
///
/// Every connection is here from its acceptance until the kernel reports its process gone.
struct SessionRegistry {
    private var summaries: [SessionID: SessionSummary] = [:]

    /// Adds or replaces a session's summary.
    mutating func update(_ summary: SessionSummary) {
        summaries[summary.id] = summary
    }

    /// Changes a session's summary in place; a session that is gone is left gone.
    mutating func change(_ id: SessionID, _ body: (inout SessionSummary) -> Void) {
        guard var summary = summaries[id] else { return }
        body(&summary)
        summaries[id] = summary
    }

    /// Forgets a session whose process is gone.
    mutating func remove(_ id: SessionID) {
        summaries[id] = nil
    }

    subscript(id: SessionID) -> SessionSummary? { summaries[id] }

    /// How many connections there are.
    var count: Int { summaries.count }

    /// How many have not signed in.
    var unauthenticatedCount: Int {
        summaries.values.count { $0.phase == .connecting || $0.phase == .authenticating }
    }

    /// All of them, oldest first.
    var all: [SessionSummary] {
        summaries.values.sorted { ($0.since, $0.id.rawValue) < ($1.since, $1.id.rawValue) }
    }

    /// The sessions that `selector` means.
    ///
    /// A user or a server is named by uuid; only sessions that have signed in have either.
    func matching(_ selector: RevocationSelector) -> [SessionID] {
        all.filter { summary in
            switch selector {
            case .session(let id): summary.id == id
            case .user(let user): summary.userID == user
            case .server(let server): summary.serverID == server
            case .userOnServer(let user, let server):
                summary.userID == user && summary.serverID == server
            case .key(let fingerprint): summary.keyFingerprint == fingerprint
            case .everything: true
            }
        }.map(\.id)
    }
}
