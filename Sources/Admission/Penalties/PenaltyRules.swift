/// How offences become penalties; all times in milliseconds.
package struct PenaltyRules: Sendable {
    /// How addresses are grouped into sources.
    package var grouping: SourceGrouping
    /// What each offence adds to the source's penalty; 0 for nothing.
    package var costs: [Offence: Int64]
    /// A source's penalty is enforced once it is larger than this, and then until its end.
    package var minimum: Int64
    /// No penalty of a source is ever larger.
    package var maximum: Int64
    /// Networks that get no penalties and are refused for none; bans by hand hold for them too.
    package var exempt: AddressTable<Void>
    /// Sources that penalties are kept for, IPv4 and IPv6 each.
    package var sourceCapacity: Int
    /// How guesses add up for an account.
    package var accounts: AccountRules
    /// The most bans by hand.
    package var bans: Int

    package init(
        grouping: SourceGrouping = SourceGrouping(),
        costs: [Offence: Int64] = [:],
        minimum: Int64 = 15_000,
        maximum: Int64 = 600_000,
        exempt: [AddressRange] = [],
        sourceCapacity: Int = 32_768,
        accounts: AccountRules = AccountRules(),
        bans: Int = 10_000
    ) {
        self.grouping = grouping
        self.costs = costs
        self.minimum = minimum
        self.maximum = maximum
        self.exempt = AddressTable(exempt)
        self.sourceCapacity = sourceCapacity
        self.accounts = accounts
        self.bans = bans
    }

    /// What an offence adds: as configured, else the standard; never negative, never beyond the
    /// maximum.
    package func cost(of offence: Offence) -> Int64 {
        min(max(0, costs[offence] ?? offence.standardCost), Milliseconds.within(maximum))
    }
}

/// How guesses from many sources add up for one account; all times in milliseconds.
///
/// With the standard values no fewer than four sources bring strangers to a stop, and whoever has
/// any number of addresses gets about one guess in 25 seconds (2 · `minimum` / `cost`² for each
/// second), however many connections they make.
package struct AccountRules: Hashable, Sendable {
    /// What a guess adds to the share of its source.
    package var cost: Int64
    /// The most that one source's guesses count, however many they are.
    package var share: Int64
    /// Strangers are refused while all shares together are larger than this.
    package var minimum: Int64
    /// Accounts that guesses are counted for, and accounts whose known sources are remembered.
    package var capacity: Int
    /// How long a source stays known that signed in to the account.
    package var memory: Int64
    /// How many sources are remembered for each account; the one seen longest ago is forgotten.
    package var knownSources: Int

    package init(
        cost: Int64 = 300_000,
        share: Int64 = 600_000,
        minimum: Int64 = 1_800_000,
        capacity: Int = 8192,
        memory: Int64 = 30 * 86_400_000,
        knownSources: Int = 16
    ) {
        self.cost = cost
        self.share = share
        self.minimum = minimum
        self.capacity = capacity
        self.memory = memory
        self.knownSources = knownSources
    }

    /// The share that counts: less than the minimum, whatever is configured, so that one source
    /// alone never brings anybody else to a stop.
    var effectiveShare: Int64 { min(Milliseconds.within(share), Milliseconds.within(minimum / 2)) }
}
