import Admission
import Testing

@Suite("Guesses at accounts")
struct AccountPenaltyTests {
    private let owner = IPAddress.test("203.0.113.5")

    /// The share of one source is 600 s, the minimum 1800 s, a guess 300 s; sources themselves get no
    /// penalty, so that only the account's is seen.
    private func rules() -> PenaltyRules {
        PenaltyRules(costs: [.wrongPassword: 0, .wrongSecondFactor: 0])
    }

    private func stranger(_ number: Int) -> IPAddress {
        IPAddress.test("198.51.\(number / 256).\(number % 256)")
    }

    private func attack(
        _ penalties: inout Penalties,
        sources: Range<Int>,
        guesses: Int = 2,
        at now: Int64 = 0
    ) {
        for source in sources {
            for _ in 0..<guesses {
                penalties.record(.wrongPassword, from: stranger(source), account: "anna", at: now)
            }
        }
    }

    private func password(
        _ penalties: Penalties,
        from address: IPAddress,
        to account: String? = "anna",
        at now: Int64 = 0
    ) -> AdmissionDecision {
        penalties.guess(at: account, from: address, at: now)
    }

    @Test("Guesses from many sources bring strangers to a stop, until they have decayed")
    func manySources() {
        var penalties = Penalties(rules())
        attack(&penalties, sources: 0..<3)
        #expect(password(penalties, from: stranger(99)) == .admitted)
        let effect = penalties.record(
            .wrongPassword,
            from: stranger(3),
            account: "anna",
            at: 0
        )
        // Three shares of 600 s and one of 300 s: 300 s too many, which four shares lose in 75 s.
        #expect(effect.account == .enforced(remaining: 75_000))
        #expect(
            password(penalties, from: stranger(99))
                == .refused(.accountPenalty(remaining: 75_000))
        )
        #expect(password(penalties, from: stranger(99), at: 74_999) != .admitted)
        #expect(password(penalties, from: stranger(99), at: 75_000) == .admitted)
    }

    @Test("Other accounts, and names that nobody has, are not concerned")
    func otherAccounts() {
        var penalties = Penalties(rules())
        attack(&penalties, sources: 0..<10)
        #expect(password(penalties, from: owner) != .admitted)
        #expect(password(penalties, from: owner, to: "bert") == .admitted)
        #expect(password(penalties, from: owner, to: nil) == .admitted)
    }

    @Test("One source alone never slows anybody else, whatever it does and for however long")
    func oneSource() {
        var penalties = Penalties(rules())
        for second in 0..<20_000 {
            let now = Int64(second) * 100
            penalties.record(.wrongPassword, from: stranger(0), account: "anna", at: now)
            #expect(password(penalties, from: owner, at: now) == .admitted)
        }
        // The same guesses from several sources do.
        attack(&penalties, sources: 0..<6, at: 2_000_000)
        #expect(password(penalties, from: owner, at: 2_000_000) != .admitted)
    }

    @Test("The share of one source stays below the minimum also where it is configured larger")
    func oversizedShare() {
        var rules = rules()
        rules.accounts = AccountRules(cost: 1_000_000, share: 1_000_000, minimum: 10_000)
        var penalties = Penalties(rules)
        attack(&penalties, sources: 0..<1, guesses: 100)
        #expect(password(penalties, from: owner) == .admitted)
    }

    @Test("What strangers cannot guess at is not refused for what they do")
    func code() {
        var penalties = Penalties(rules())
        attack(&penalties, sources: 0..<20)
        #expect(password(penalties, from: owner) != .admitted)
        #expect(penalties.guess(at: nil, from: owner, at: 0) == .admitted)
    }

    @Test("A source that signed in lately is not refused for what strangers do")
    func knownSource() {
        var penalties = Penalties(rules())
        penalties.noteSignIn(to: "anna", from: owner, at: 0)
        let day: Int64 = 86_400_000
        attack(&penalties, sources: 0..<20, at: 29 * day)
        #expect(password(penalties, from: stranger(99), at: 29 * day) != .admitted)
        #expect(password(penalties, from: owner, at: 29 * day) == .admitted)
        // It is known to that account alone.
        penalties.noteSignIn(to: "bert", from: stranger(99), at: 29 * day)
        #expect(password(penalties, from: stranger(99), at: 29 * day) != .admitted)
        attack(&penalties, sources: 0..<20, at: 30 * day)
        #expect(password(penalties, from: owner, at: 30 * day) != .admitted)
    }

    @Test("A known source is refused for a penalty of its own")
    func knownOffender() {
        var penalties = Penalties(PenaltyRules())
        penalties.noteSignIn(to: "anna", from: owner, at: 0)
        for _ in 0..<3 { penalties.record(.wrongPassword, from: owner, account: "anna", at: 0) }
        #expect(password(penalties, from: owner) == .admitted)
        penalties.record(.wrongPassword, from: owner, account: "anna", at: 0)
        #expect(
            password(penalties, from: owner)
                == .refused(.penalty(remaining: 20_000, latest: .wrongPassword))
        )
    }

    @Test("Whoever signs in at last is forgiven the guesses, and nobody else's are")
    func forgiven() {
        var penalties = Penalties(rules())
        attack(&penalties, sources: 0..<4)
        #expect(penalties.explain(account: "anna", at: 0)?.shares.count == 4)
        penalties.noteSignIn(to: "anna", from: stranger(0), at: 0)
        #expect(penalties.explain(account: "anna", at: 0)?.shares.count == 3)
        #expect(penalties.explain(account: "anna", at: 0)?.shares[Source(stranger(0))] == nil)
    }

    @Test("Any number of addresses gets no more than a guess in twenty seconds")
    func rate() {
        var penalties = Penalties(rules())
        var checked = 0
        let hours: Int64 = 6
        for now in stride(from: Int64(0), to: hours * 3_600_000, by: 1000) {
            let source = stranger(Int(now / 1000) % 60_000)
            guard password(penalties, from: source, at: now) == .admitted else { continue }
            checked += 1
            penalties.record(.wrongPassword, from: source, account: "anna", at: now)
        }
        #expect(checked > 100)
        #expect(checked < Int(hours) * 3600 / 20)
    }

    @Test("Of many places that somebody comes from, those used lately are known")
    func placesAreBounded() {
        var rules = rules()
        rules.accounts.knownSources = 3
        var penalties = Penalties(rules)
        for place in 0..<5 {
            penalties.noteSignIn(to: "anna", from: stranger(100 + place), at: Int64(place))
        }
        penalties.noteSignIn(to: "anna", from: stranger(102), at: 10)
        penalties.noteSignIn(to: "anna", from: stranger(105), at: 11)
        attack(&penalties, sources: 0..<10, at: 12)
        let known = (100...105).filter {
            password(penalties, from: stranger($0), at: 12) == .admitted
        }
        #expect(known == [102, 104, 105])
    }

    @Test("Sources are familiar from a sign-in until it is forgotten")
    func familiarity() {
        var penalties = Penalties(rules())
        let day: Int64 = 86_400_000
        #expect(!penalties.isFamiliar(owner, at: 0))
        penalties.noteSignIn(to: "anna", from: owner, at: 0)
        penalties.noteSignIn(to: "bert", from: stranger(1), at: 0)
        #expect(penalties.isFamiliar(owner, at: 29 * day))
        #expect(!penalties.isFamiliar(stranger(2), at: 0))
        #expect(!penalties.isFamiliar(owner, at: 30 * day))
        // A sign-in to another account from there is no less one.
        penalties.noteSignIn(to: "bert", from: owner, at: day)
        penalties.forgetSources(of: "anna", at: day)
        #expect(penalties.isFamiliar(owner, at: day))
        penalties.forgetSources(of: "bert", at: day)
        #expect(!penalties.isFamiliar(owner, at: day))
        #expect(!penalties.isFamiliar(stranger(1), at: day))
    }

    @Test("One account makes no more sources familiar than are remembered for it")
    func familiarityIsBounded() {
        var rules = rules()
        rules.accounts.knownSources = 3
        var penalties = Penalties(rules)
        for place in 0..<50 {
            penalties.noteSignIn(to: "anna", from: stranger(place), at: Int64(place))
        }
        let familiar = (0..<50).filter { penalties.isFamiliar(stranger($0), at: 50) }
        #expect(familiar == [47, 48, 49])
    }

    @Test("After a change of the password every source is a stranger again")
    func forgotten() {
        var penalties = Penalties(rules())
        penalties.noteSignIn(to: "anna", from: owner, at: 0)
        attack(&penalties, sources: 0..<10)
        #expect(password(penalties, from: owner) == .admitted)
        penalties.forgetSources(of: "anna", at: 0)
        #expect(password(penalties, from: owner) != .admitted)
    }

    @Test("An exempt source is not refused for an account, and its guesses count as anybody's")
    func exempt() throws {
        var rules = rules()
        rules.exempt = AddressTable([try AddressRange("203.0.113.0/24")])
        var penalties = Penalties(rules)
        attack(&penalties, sources: 0..<10)
        #expect(password(penalties, from: stranger(99)) != .admitted)
        #expect(password(penalties, from: owner) == .admitted)
        let effect = penalties.record(.wrongPassword, from: owner, account: "bert", at: 0)
        #expect(effect.source == .none)
        #expect(effect.account == .noted(remaining: 300_000))
    }

    @Test("Only guesses count against an account")
    func onlyGuesses() {
        for offence in Offence.allCases {
            var penalties = Penalties()
            let effect = penalties.record(offence, from: owner, account: "anna", at: 0)
            #expect((effect.account != nil) == offence.isGuess)
        }
        #expect(Offence.allCases.filter(\.isGuess) == [.wrongPassword, .wrongSecondFactor])
    }

    @Test("Operators see who guessed and lift it")
    func lifting() throws {
        var penalties = Penalties(rules())
        attack(&penalties, sources: 0..<4)
        penalties.record(.wrongSecondFactor, from: stranger(0), account: "bert", at: 0)
        #expect(penalties.accounts(at: 0).map(\.account) == ["anna", "bert"])
        let penalty = try #require(penalties.accounts(at: 0).first)
        #expect(penalty.isEnforced)
        #expect(penalty.offences == [.wrongPassword: 8])
        #expect(penalties.lift(account: "anna", at: 0) == penalty)
        #expect(password(penalties, from: owner) == .admitted)
        #expect(penalties.lift(account: "anna", at: 0) == nil)
        #expect(penalties.explain(account: "bert", at: 0) != nil)
    }

    @Test("The time that strangers are told to be refused is right, whatever the shares are")
    func remaining() {
        var numbers = Numbers(seed: 9)
        for _ in 0..<200 {
            var penalties = Penalties(rules())
            var now: Int64 = 0
            for _ in 0..<numbers.below(40) {
                attack(&penalties, sources: numbers.below(8)..<8, guesses: 1, at: now)
                now += Int64(numbers.below(60_000))
            }
            guard let refusal = password(penalties, from: owner, at: now).refusal else { continue }
            guard case .accountPenalty(let remaining) = refusal else {
                Issue.record("\(refusal)")
                continue
            }
            #expect(password(penalties, from: owner, at: now + remaining - 1) != .admitted)
            #expect(password(penalties, from: owner, at: now + remaining) == .admitted)
        }
    }
}
