/// Who is kept out for what they did: penalties of sources, guesses at accounts, bans by hand.
///
/// Penalties follow OpenSSH's `PerSourcePenalties` (sshd_config(5)): each offence adds to a sum that
/// decays with time, nothing happens below a minimum, and there is a maximum. A ban set by hand
/// holds until its end or for ever, also for exempt networks: somebody has asked for it by name.
///
/// All times are milliseconds of one clock that never jumps, given by the caller with each call;
/// everything is bounded in number (`PenaltyRules`).
package struct Penalties: Sendable {
    /// The rules.
    ///
    /// What was counted before a change stays as it is until it has decayed; after another
    /// `grouping` it is listed and does nothing more.
    package var rules: PenaltyRules {
        didSet {
            sourceTable.setCapacity(rules.sourceCapacity)
            accountTable.rules = rules.accounts
            banTable.limit = rules.bans
        }
    }

    var sourceTable: SourcePenalties
    var accountTable: AccountPenalties
    var banTable: BanTable

    /// Nobody is kept out.
    package init(_ rules: PenaltyRules = PenaltyRules()) {
        self.rules = rules
        sourceTable = SourcePenalties(capacity: rules.sourceCapacity)
        accountTable = AccountPenalties(rules.accounts)
        banTable = BanTable(limit: rules.bans)
    }

    /// Whether a connection from `address` may be begun.
    package func admission(of address: IPAddress, at now: Int64) -> AdmissionDecision {
        if let ban = banTable.ban(of: address, at: now) { return .refused(.banned(ban)) }
        guard !isExempt(address),
            let penalty = sourceTable.penalty(of: source(address), at: now), penalty.isEnforced
        else { return .admitted }
        return .refused(.penalty(remaining: penalty.remaining, latest: penalty.latest))
    }

    /// Whether somebody signed in from `address` within the memory of accounts
    /// (`AccountRules.memory`): no stranger, whatever else it may be.
    package func isFamiliar(_ address: IPAddress, at now: Int64) -> Bool {
        accountTable.isFamiliar(source(address), at: now)
    }

    /// Whether somebody at `address` may guess at the secret of `account`.
    ///
    /// To be asked before a password or a code is checked. A key that was proven is no guess, and is
    /// refused for nothing that others do: see `AccountPenalties` for who else is not, and why.
    ///
    /// `account` is the name of an account that exists; nil for a name that nobody has, or where
    /// strangers cannot guess. A refused password must be answered as a wrong one, after the same
    /// work.
    package func guess(
        at account: String?,
        from address: IPAddress,
        at now: Int64
    ) -> AdmissionDecision {
        // The connection may be older than the penalty.
        let decision = admission(of: address, at: now)
        guard decision == .admitted, !isExempt(address), let account else { return decision }
        let remaining = accountTable.refusal(of: source(address), for: account, at: now)
        return remaining > 0 ? .refused(.accountPenalty(remaining: remaining)) : .admitted
    }

    /// Counts an offence, against the source and, if it was a guess, against the account.
    ///
    /// `account` as in `guess`. Guesses that were refused are not to be counted: nobody checked
    /// them, and a client that tries again by itself would keep its own penalty alive.
    ///
    /// - Returns: what it did to either, for the log; nil for an account that nothing counts
    ///   against.
    @discardableResult
    package mutating func record(
        _ offence: Offence,
        from address: IPAddress,
        account: String? = nil,
        at now: Int64
    ) -> (source: PenaltyEffect, account: PenaltyEffect?) {
        let source = source(address)
        let effect =
            isExempt(address) ? .none : sourceTable.add(offence, to: source, at: now, rules)
        guard offence.isGuess, let account else { return (effect, nil) }
        return (effect, accountTable.add(offence, to: account, from: source, at: now))
    }

    /// Remembers that somebody signed in to `account` from `address`, with everything that it takes.
    ///
    /// The guesses of this source at this account are forgiven. Its own penalty stays: otherwise an
    /// attacker with an account of their own could clear themselves again and again.
    package mutating func noteSignIn(
        to account: String,
        from address: IPAddress,
        at now: Int64
    ) {
        accountTable.noteSignIn(to: account, from: source(address), at: now)
    }

    /// Forgets which sources are known to `account`.
    ///
    /// For an account that is deleted or gets another password: whoever had the old one is a
    /// stranger again.
    package mutating func forgetSources(of account: String, at now: Int64) {
        accountTable.forgetSources(of: account, at: now)
    }

    /// Whether `address` is in an exempt network.
    package func isExempt(_ address: IPAddress) -> Bool {
        rules.exempt.first(containing: address) != nil
    }

    private func source(_ address: IPAddress) -> Source { Source(address, rules.grouping) }
}
