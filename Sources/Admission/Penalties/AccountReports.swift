/// The guesses at an account, as operators see them and as they are kept over a restart.
package struct AccountPenalty: Hashable, Sendable {
    package var account: String
    /// The sources that guessed, with the milliseconds until the guesses of each have decayed.
    package var shares: [Source: Int64]
    /// Milliseconds for which passwords of strangers are refused; 0 if they are not.
    package var remaining: Int64
    /// Milliseconds since the first guess.
    package var age: Int64
    /// How often each offence was committed; 255 stands for more, too.
    package var offences: [Offence: Int]

    /// Whether passwords of strangers are refused.
    package var isEnforced: Bool { remaining > 0 }

    package init(
        account: String,
        shares: [Source: Int64],
        remaining: Int64,
        age: Int64,
        offences: [Offence: Int]
    ) {
        self.account = account
        self.shares = shares
        self.remaining = remaining
        self.age = age
        self.offences = offences
    }

    init(_ account: String, _ guesses: AccountGuesses, at now: Int64) {
        let shares = guesses.shares.filter { $0.until > now }
        self.init(
            account: account,
            shares: Dictionary(shares.map { ($0.source, $0.until - now) }) { max($0, $1) },
            remaining: guesses.refusal(at: now),
            age: max(0, now - guesses.since),
            offences: guesses.counts.listed
        )
    }
}

/// A source that signed in to an account, as it is kept over a restart.
package struct KnownSource: Hashable, Sendable {
    package var account: String
    package var source: Source
    /// Milliseconds since the last sign-in.
    package var age: Int64

    package init(account: String, source: Source, age: Int64) {
        self.account = account
        self.source = source
        self.age = age
    }
}

/// A source of an account.
package struct KnownPlace: Hashable, Sendable {
    package var account: String
    package var source: Source

    package init(account: String, source: Source) {
        self.account = account
        self.source = source
    }
}
