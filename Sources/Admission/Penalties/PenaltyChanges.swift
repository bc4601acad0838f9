/// Penalties as they were at one moment.
package struct PenaltyReading: Sendable {
    package let penalties: Penalties
    /// The moment, in milliseconds of the clock that the penalties go by.
    package let time: Int64

    package init(_ penalties: Penalties, at time: Int64) {
        self.penalties = penalties
        self.time = time
    }

    /// What has become of it since an earlier moment; without one, everything is new.
    ///
    /// Of the sources only those count that are kept out: the others are forgotten within seconds,
    /// restart or not. It takes time in proportion to what there is.
    package func changes(since earlier: PenaltyReading?) -> PenaltyChanges {
        let before = earlier?.penalties
        let then = earlier?.time ?? time
        let sources = penalties.sourceTable.changes(
            since: before?.sourceTable,
            of: then,
            at: time
        )
        let accounts = penalties.accountTable.changes(
            since: before?.accountTable,
            of: then,
            at: time
        )
        let known = penalties.accountTable.knownChanges(
            since: before?.accountTable,
            of: then,
            at: time
        )
        return PenaltyChanges(
            sources: sources.changed,
            accounts: accounts.changed,
            knownSources: known.changed,
            endedSources: sources.ended,
            endedAccounts: accounts.ended,
            forgottenSources: known.ended
        )
    }
}

/// What has to be written so that what was kept becomes what there is.
///
/// Bans by hand are none of it: they are written when they are set.
package struct PenaltyChanges: Hashable, Sendable {
    /// What is new, or another than it was.
    package var sources: [SourcePenalty]
    package var accounts: [AccountPenalty]
    package var knownSources: [KnownSource]
    /// What is not there any more.
    package var endedSources: [Source]
    package var endedAccounts: [String]
    package var forgottenSources: [KnownPlace]

    package init(
        sources: [SourcePenalty] = [],
        accounts: [AccountPenalty] = [],
        knownSources: [KnownSource] = [],
        endedSources: [Source] = [],
        endedAccounts: [String] = [],
        forgottenSources: [KnownPlace] = []
    ) {
        self.sources = sources
        self.accounts = accounts
        self.knownSources = knownSources
        self.endedSources = endedSources
        self.endedAccounts = endedAccounts
        self.forgottenSources = forgottenSources
    }

    /// The same in parts that have at most so many changes of each kind; none where there are none.
    package func parts(of size: Int) -> [PenaltyChanges] {
        let size = max(1, size)
        let counts = [
            sources.count, accounts.count, knownSources.count, endedSources.count,
            endedAccounts.count, forgottenSources.count,
        ]
        return stride(from: 0, to: counts.max() ?? 0, by: size).map { start in
            func part<Element>(_ all: [Element]) -> [Element] {
                Array(all.dropFirst(start).prefix(size))
            }
            return PenaltyChanges(
                sources: part(sources),
                accounts: part(accounts),
                knownSources: part(knownSources),
                endedSources: part(endedSources),
                endedAccounts: part(endedAccounts),
                forgottenSources: part(forgottenSources)
            )
        }
    }
}
