/// All that penalties are, as plain values to be kept over a restart.
///
/// A monotonic clock begins anew with each boot, so nothing here is a moment: only times that
/// remain and times that have passed, in milliseconds, as of when the snapshot was taken.
package struct PenaltySnapshot: Hashable, Sendable {
    package var sources: [SourcePenalty]
    package var accounts: [AccountPenalty]
    package var knownSources: [KnownSource]
    package var bans: [BanReport]

    package init(
        sources: [SourcePenalty] = [],
        accounts: [AccountPenalty] = [],
        knownSources: [KnownSource] = [],
        bans: [BanReport] = []
    ) {
        self.sources = sources
        self.accounts = accounts
        self.knownSources = knownSources
        self.bans = bans
    }
}

extension Penalties {
    /// Everything that is not over at `now`, in no order; it takes time in proportion to that.
    package func snapshot(at now: Int64) -> PenaltySnapshot {
        PenaltySnapshot(
            sources: sourceTable.all(at: now),
            accounts: accountTable.all(at: now),
            knownSources: accountTable.knownSources(at: now),
            bans: banTable.all(at: now)
        )
    }

    /// Takes up a snapshot that was taken `elapsed` milliseconds ago by the calendar.
    ///
    /// What has ended meanwhile is left out; the rest goes on. A calendar that was set back, so that
    /// `elapsed` is negative, counts as no time passed. Times beyond the present maxima are cut to
    /// them, and what has no room any more is dropped, the longest penalties last.
    package init(
        _ rules: PenaltyRules,
        restoring snapshot: PenaltySnapshot,
        elapsed: Int64,
        at now: Int64
    ) {
        self.init(rules)
        let elapsed = Milliseconds.within(elapsed)
        for kept in snapshot.sources.sorted(by: { $0.remaining > $1.remaining }) {
            var kept = kept
            kept.remaining = Milliseconds.within(kept.remaining) - elapsed
            kept.age = Milliseconds.within(kept.age) + elapsed
            sourceTable.restore(kept, at: now, maximum: rules.maximum)
        }
        for kept in snapshot.accounts {
            var kept = kept
            kept.shares = kept.shares.mapValues { Milliseconds.within($0) - elapsed }
            kept.age = Milliseconds.within(kept.age) + elapsed
            accountTable.restore(kept, at: now)
        }
        for kept in snapshot.knownSources.sorted(by: { $0.age > $1.age }) {
            var kept = kept
            kept.age = Milliseconds.within(kept.age) + elapsed
            accountTable.restore(kept, at: now)
        }
        for kept in snapshot.bans {
            var kept = kept
            kept.remaining = kept.remaining.map { Milliseconds.within($0) - elapsed }
            kept.age = Milliseconds.within(kept.age) + elapsed
            banTable.restore(kept, at: now)
        }
    }
}
