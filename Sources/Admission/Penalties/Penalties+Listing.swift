extension Penalties {
    /// The bans by hand, ordered by range.
    package func bans(at now: Int64) -> [BanReport] {
        banTable.all(at: now).sorted { $0.range < $1.range }
    }

    /// The sources with a penalty, the longest first; those that are not enforced yet included.
    package func sources(at now: Int64) -> [SourcePenalty] {
        sourceTable.all(at: now).sorted {
            ($1.remaining, $0.source.range) < ($0.remaining, $1.source.range)
        }
    }

    /// The accounts that are guessed at, the longest refusal first.
    package func accounts(at now: Int64) -> [AccountPenalty] {
        accountTable.all(at: now).sorted { ($1.remaining, $0.account) < ($0.remaining, $1.account) }
    }

    /// All that is kept about an address: whether it is exempt, its ban and its source's penalty.
    package func explain(_ address: IPAddress, at now: Int64) -> SourceExplanation {
        let source = Source(address, rules.grouping)
        return SourceExplanation(
            source: source,
            isExempt: isExempt(address),
            ban: banTable.ban(of: address, at: now),
            penalty: sourceTable.penalty(of: source, at: now)
        )
    }

    /// What is kept about guesses at an account; nil where there are none.
    package func explain(account: String, at now: Int64) -> AccountPenalty? {
        accountTable.penalty(of: account, at: now)
    }

    /// The sources from which somebody has signed in to an account lately, the latest last.
    package func knownSources(of account: String, at now: Int64) -> [KnownSource] {
        accountTable.knownSources(of: account, at: now)
    }

    /// The source that all addresses of `range` belong to; nil where they belong to several.
    package func source(of range: AddressRange) -> Source? {
        let source = Source(range.network, rules.grouping)
        return source.range.contains(range) ? source : nil
    }

    /// The exempt networks that have addresses of `range`.
    package func exemptions(in range: AddressRange) -> [AddressRange] {
        rules.exempt.entries.map(\.range)
            .filter { $0.contains(range) || range.contains($0) }
            .sorted()
    }

    /// Bans a range, or replaces the ban of the same range.
    ///
    /// Without `duration`, in milliseconds, the ban has no end.
    ///
    /// - Throws: `tooManyBans`.
    package mutating func ban(
        _ range: AddressRange,
        reason: String,
        duration: Int64?,
        at now: Int64
    ) throws(AdmissionError) {
        try banTable.set(BanReport(range: range, reason: reason, remaining: duration), at: now)
    }

    /// Ends the bans and penalties of `range` and of everything inside it.
    ///
    /// A ban of a wider range stays: it was set for more than this. `explain` tells of it.
    package mutating func lift(_ range: AddressRange, at now: Int64) -> LiftedPenalties {
        var penalties: [SourcePenalty] = []
        for penalty in sources(at: now) where range.contains(penalty.source.range) {
            if let lifted = sourceTable.remove(penalty.source, at: now) { penalties.append(lifted) }
        }
        // The source of one address may be a range, and its penalty is what shuts the address out.
        if range.isSingle,
            let lifted = sourceTable.remove(Source(range.network, rules.grouping), at: now)
        {
            penalties.append(lifted)
        }
        return LiftedPenalties(bans: banTable.lift(range, at: now), penalties: penalties)
    }

    /// Ends what is counted against an account; nil where there was nothing.
    @discardableResult
    package mutating func lift(account: String, at now: Int64) -> AccountPenalty? {
        accountTable.lift(account, at: now)
    }

    /// How much is kept, for metrics.
    package var figures: PenaltyFigures {
        PenaltyFigures(
            sources: sourceTable.count,
            accounts: accountTable.count,
            knownAccounts: accountTable.knownCount,
            untracked: sourceTable.untracked + accountTable.untracked
        )
    }
}

/// What is kept about an address.
package struct SourceExplanation: Hashable, Sendable {
    /// What the address is counted as.
    package var source: Source
    package var isExempt: Bool
    /// The narrowest ban by hand that holds.
    package var ban: BanReport?
    package var penalty: SourcePenalty?
}

/// What a lifting ended.
package struct LiftedPenalties: Hashable, Sendable {
    package var bans: [BanReport]
    package var penalties: [SourcePenalty]

    package var isEmpty: Bool { bans.isEmpty && penalties.isEmpty }
}

/// How much is kept.
package struct PenaltyFigures: Hashable, Sendable {
    /// Sources with a penalty, decayed ones that were not cleared away yet included.
    package var sources: Int
    /// Accounts that were guessed at, those included whose guesses have decayed.
    package var accounts: Int
    /// Accounts whose known sources are remembered.
    package var knownAccounts: Int
    /// Offences that could not be counted because a table was full.
    package var untracked: Int
}
