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

    /// How many connections there are.
    package var count: Int { summaries.count }

    /// How many have not signed in.
    package var unauthenticatedCount: Int {
        summaries.values.count { $0.phase == .connecting || $0.phase == .authenticating }
    }

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
}
