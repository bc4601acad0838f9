package import SessionLink

/// Which sessions are open and what each is, as a value.
///
/// Every connection is here from its acceptance until the kernel reports its process gone.
package struct SessionRegistry: Sendable {
    private var summaries: [SessionID: SessionSummary] = [:]

    /// An empty registry.
    package init() {}

    /// Adds or replaces a session's summary.
    package mutating func update(_ summary: SessionSummary) {
        summaries[summary.id] = summary
    }

    /// Changes a session's summary in place; a session that is gone is left gone.
    package mutating func change(_ id: SessionID, _ body: (inout SessionSummary) -> Void) {
        guard var summary = summaries[id] else { return }
        body(&summary)
        summaries[id] = summary
    }

    /// Forgets a session whose process is gone.
    package mutating func remove(_ id: SessionID) {
        summaries[id] = nil
    }

    /// A session's summary, or nil when it is gone.
    package subscript(id: SessionID) -> SessionSummary? { summaries[id] }

    /// All of them, oldest first.
    package var all: [SessionSummary] {
        summaries.values.sorted { ($0.since, $0.id.rawValue) < ($1.since, $1.id.rawValue) }
    }

    /// The sessions that `selector` means.
    ///
    /// A user or a server is named by uuid; only sessions that have signed in have either.
    package func matching(_ selector: RevocationSelector) -> [SessionID] {
        all.filter(selector.matches).map(\.id)
    }

    /// The sessions that each of `selectors` means.
    ///
    /// A thousand selectors do not each look at a thousand sessions.
    package func matching(_ selectors: [RevocationSelector]) -> [[SessionID]] {
        guard selectors.count > 1 else { return selectors.map { matching($0) } }
        let all = all
        let byUser = Dictionary(grouping: all, by: \.userID)
        let byServer = Dictionary(grouping: all, by: \.serverID)
        return selectors.map { selector in
            let candidates =
                switch selector {
                case .session(let id): self[id].map { [$0] } ?? []
                case .user(let user), .userOnServer(let user, _), .userOnServers(let user, _),
                    .keyOfUser(let user, _):
                    byUser[user] ?? []
                case .server(let server): byServer[server] ?? []
                case .sessions, .key, .everything: all
                }
            return candidates.filter(selector.matches).map(\.id)
        }
    }
}
