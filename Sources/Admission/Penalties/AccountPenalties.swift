/// What keeps many sources from trying one account without limit.
///
/// An account cannot be protected by refusing everybody: then whoever knows a name could shut its
/// owner out. So three things never depend on what strangers do to an account:
///
/// - **A proven key.** It cannot be guessed; there is nothing to slow down.
/// - **A known source**, one that signed in to this account within the last weeks. Its guesses are
///   bounded by the penalty of the source itself, as everywhere.
/// - **What one source does.** Its guesses count up to a share below what is enforced
///   (`AccountGuesses`), so that one attacker, or one forgotten client with an old password,
///   slows nobody else.
///
/// What remains is passwords from strangers while several sources guess. They are refused until the
/// guesses have decayed, and a refused one is not checked and adds nothing. The owner who signs in
/// from a new place with a password at that very time has to wait, use a key, or come from a
/// known place; nothing tells them from one more guessing stranger.
///
/// Only accounts that exist are kept, so that made-up names fill nothing. The answer to a refused
/// password must look and take the same as the one to a wrong password: otherwise it would tell
/// that the account exists.
struct AccountPenalties: Sendable {
    var rules: AccountRules {
        didSet {
            guesses.capacity = rules.capacity
            known.capacity = rules.capacity
            familiar.capacity = rules.capacity
        }
    }

    private var guesses: BoundedTable<String, AccountGuesses>
    private var known: BoundedTable<String, KnownSources>
    /// The same by their sources; no account has more of them than `rules.knownSources`, so that
    /// nobody with many addresses takes the places of others.
    private var familiar: BoundedTable<Source, Familiarity>

    init(_ rules: AccountRules) {
        self.rules = rules
        guesses = BoundedTable(capacity: rules.capacity)
        known = BoundedTable(capacity: rules.capacity)
        familiar = BoundedTable(capacity: rules.capacity)
    }

    var count: Int { guesses.count }
    var knownCount: Int { known.count }
    var untracked: Int { guesses.refused }

    /// Milliseconds for which a password from `source` is refused; 0 if it is checked.
    func refusal(of source: Source, for account: String, at now: Int64) -> Int64 {
        if known.value(of: account, at: now)?.contains(source, at: now) == true { return 0 }
        return guesses.value(of: account, at: now)?.refusal(at: now) ?? 0
    }

    /// Whether somebody signed in from `source` lately, to whatever account.
    func isFamiliar(_ source: Source, at now: Int64) -> Bool {
        familiar.value(of: source, at: now) != nil
    }

    mutating func add(
        _ offence: Offence,
        to account: String,
        from source: Source,
        at now: Int64
    ) -> PenaltyEffect {
        guard rules.cost > 0 else { return .none }
        let rules = rules
        let effect = guesses.update(
            account,
            at: now,
            new: { AccountGuesses(at: now, minimum: rules.minimum) },
            { guesses -> PenaltyEffect in
                let wasEnforced = guesses.isHeld(at: now)
                guesses.add(offence, from: source, at: now, rules)
                let remaining = guesses.refusal(at: now)
                guard remaining > 0 else { return .noted(remaining: guesses.end() - now) }
                return wasEnforced
                    ? .prolonged(remaining: remaining) : .enforced(remaining: remaining)
            }
        )
        return effect ?? .untracked
    }

    mutating func noteSignIn(to account: String, from source: Source, at now: Int64) {
        guesses.change(account) { $0.forgive(source) }
        remember(source, for: account, since: now, at: now)
    }

    private mutating func remember(
        _ source: Source,
        for account: String,
        since last: Int64,
        at now: Int64
    ) {
        let rules = rules
        let forgotten = known.update(
            account,
            at: now,
            new: { KnownSources(memory: rules.memory) },
            { $0.note(source, at: last, most: rules.knownSources) }
        )
        guard let forgotten else { return }
        let familiarity = Familiarity(
            account: account,
            until: last + Milliseconds.within(rules.memory)
        )
        _ = familiar.update(source, at: now, new: { familiarity }) { $0 = familiarity }
        for source in forgotten { forget(source, of: account, at: now) }
    }

    /// Forgets a source, unless somebody else signed in from there later.
    private mutating func forget(_ source: Source, of account: String, at now: Int64) {
        guard familiar.value(of: source, at: now)?.account == account else { return }
        _ = familiar.remove(source, at: now)
    }

    mutating func lift(_ account: String, at now: Int64) -> AccountPenalty? {
        guesses.remove(account, at: now).map { AccountPenalty(account, $0, at: now) }
    }

    mutating func forgetSources(of account: String, at now: Int64) {
        let forgotten = known.remove(account, at: now)?.sightings ?? []
        for sighting in forgotten { forget(sighting.source, of: account, at: now) }
    }

    func penalty(of account: String, at now: Int64) -> AccountPenalty? {
        guesses.value(of: account, at: now).map { AccountPenalty(account, $0, at: now) }
    }

    func all(at now: Int64) -> [AccountPenalty] {
        guesses.all(at: now).map { AccountPenalty($0.key, $0.value, at: now) }
    }

    func knownSources(at now: Int64) -> [KnownSource] {
        known.all(at: now).flatMap { account, known in
            known.sightings.filter { known.contains($0.source, at: now) }.map {
                KnownSource(account: account, source: $0.source, age: max(0, now - $0.last))
            }
        }
    }

    /// The sources known to one account, the latest last.
    func knownSources(of account: String, at now: Int64) -> [KnownSource] {
        guard let known = known.value(of: account, at: now) else { return [] }
        return known.sightings.filter { known.contains($0.source, at: now) }.map {
            KnownSource(account: account, source: $0.source, age: max(0, now - $0.last))
        }
    }

    /// What is different about the guesses that count.
    func changes(
        since earlier: AccountPenalties?,
        of then: Int64,
        at now: Int64
    ) -> (changed: [AccountPenalty], ended: [String]) {
        let (changed, ended) = guesses.changes(since: earlier?.guesses, of: then, at: now) {
            $0.end() > $1
        }
        return (changed.map { AccountPenalty($0.key, $0.value, at: now) }, ended)
    }

    /// What is different about the sources that are known.
    func knownChanges(
        since earlier: AccountPenalties?,
        of then: Int64,
        at now: Int64
    ) -> (changed: [KnownSource], ended: [KnownPlace]) {
        let (changed, ended) = known.changes(since: earlier?.known, of: then, at: now) {
            $0.end() > $1
        }
        var seen: [KnownSource] = []
        var gone: [KnownPlace] = []
        for (account, value) in changed {
            let before = earlier?.known.value(of: account, at: then)?.sightings ?? []
            seen += value.sightings.filter { !before.contains($0) }.map {
                KnownSource(account: account, source: $0.source, age: max(0, now - $0.last))
            }
            let left = Set(value.sightings.map(\.source))
            gone += before.map(\.source).filter { !left.contains($0) }.map {
                KnownPlace(account: account, source: $0)
            }
        }
        for account in ended {
            let before = earlier?.known.value(of: account, at: then)?.sightings ?? []
            gone += before.map { KnownPlace(account: account, source: $0.source) }
        }
        return (seen, gone)
    }

    mutating func restore(_ kept: AccountPenalty, at now: Int64) {
        let shares = kept.shares.compactMap { source, remaining -> AccountGuesses.Share? in
            let remaining = min(remaining, rules.effectiveShare)
            guard remaining > 0 else { return nil }
            return AccountGuesses.Share(source: source, until: now + remaining)
        }
        guard !shares.isEmpty else { return }
        let guesses = AccountGuesses(
            shares: shares,
            counts: OffenceCounts(kept.offences),
            since: now - Milliseconds.within(kept.age),
            minimum: rules.minimum
        )
        _ = self.guesses.update(kept.account, at: now, new: { guesses }, { $0 = guesses })
    }

    mutating func restore(_ kept: KnownSource, at now: Int64) {
        let last = now - Milliseconds.within(kept.age)
        guard last + Milliseconds.within(rules.memory) > now else { return }
        remember(kept.source, for: kept.account, since: last, at: now)
    }
}
