/// The wrong guesses at one account, by the source they came from.
///
/// Each source has a share that grows with its guesses up to a bound and decays with time, all at
/// once and each by itself. The account's penalty is the sum of the shares. As the bound of a share
/// is below the minimum that is enforced, one source alone, however busy, never makes the account
/// refuse anybody; and when the guessing stops, everything is over after one share at the latest.
struct AccountGuesses: Perishable, Equatable {
    /// The guesses of one source.
    struct Share: Sendable, Equatable {
        let source: Source
        /// When this share has decayed.
        var until: Int64
    }

    private(set) var shares: [Share] = []
    private(set) var counts = OffenceCounts()
    /// When the first guess was made of those that are still counted.
    let since: Int64
    /// The sum that is enforced, as the rules said at the last guess.
    private var minimum: Int64

    /// Sources that are told apart.
    ///
    /// Strangers are refused long before there are as many, so more
    /// come only from attempts that were under way; the smallest share makes room then.
    private static let mostShares = 32

    init(at now: Int64, minimum: Int64) {
        since = now
        self.minimum = minimum
    }

    /// Takes up what was kept over a restart.
    init(shares: [Share], counts: OffenceCounts, since: Int64, minimum: Int64) {
        self.shares = Array(shares.sorted { $0.until > $1.until }.prefix(Self.mostShares))
        self.counts = counts
        self.since = since
        self.minimum = minimum
    }

    mutating func add(
        _ offence: Offence,
        from source: Source,
        at now: Int64,
        _ rules: AccountRules
    ) {
        counts.add(offence)
        minimum = rules.minimum
        shares.removeAll { $0.until <= now }
        let before = shares.first { $0.source == source }?.until ?? now
        shares.removeAll { $0.source == source }
        if shares.count >= Self.mostShares,
            let least = shares.indices.min(by: { shares[$0].until < shares[$1].until })
        {
            shares.remove(at: least)
        }
        let until = min(before + Milliseconds.within(rules.cost), now + rules.effectiveShare)
        shares.append(Share(source: source, until: until))
    }

    /// Forgets the guesses of a source that has signed in now: they were its own person's.
    mutating func forgive(_ source: Source) {
        shares.removeAll { $0.source == source }
    }

    /// What all shares are together, in milliseconds.
    func sum(at now: Int64) -> Int64 {
        shares.reduce(0) { $0 + max(0, $1.until - now) }
    }

    /// How long strangers are refused, if nobody guesses any more; 0 if they are not.
    ///
    /// The sum falls by as many milliseconds each millisecond as there are shares left.
    func refusal(at now: Int64) -> Int64 {
        guard sum(at: now) > minimum else { return 0 }
        var (past, next) = (Int64(0), shares.map { max(0, $0.until - now) }.sorted()[...])
        var sum = sum(at: now)
        while let least = next.first, sum > minimum {
            let count = Int64(next.count)
            let needed = (sum - minimum + count - 1) / count
            let step = min(least - past, needed)
            sum -= step * count
            past += step
            if past >= least { next = next.dropFirst() }
        }
        return past
    }

    func end() -> Int64 { shares.map(\.until).max() ?? .min }

    func isHeld(at now: Int64) -> Bool { sum(at: now) > minimum }
}
