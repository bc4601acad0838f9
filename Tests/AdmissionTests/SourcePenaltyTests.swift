import Admission
import Testing

@Suite("Penalties of sources")
struct SourcePenaltyTests {
    private let attacker = IPAddress.test("198.51.100.7")
    private let other = IPAddress.test("198.51.100.8")

    private func rules() -> PenaltyRules {
        PenaltyRules(
            costs: [.wrongPassword: 5000, .protocolViolation: 60_000],
            minimum: 15_000,
            maximum: 100_000
        )
    }

    @Test("A few mistakes are forgotten, more of them are refused until they have decayed")
    func enforcement() {
        var penalties = Penalties(rules())
        for _ in 0..<3 { penalties.record(.wrongPassword, from: attacker, at: 0) }
        #expect(penalties.admission(of: attacker, at: 0) == .admitted)
        let effect = penalties.record(.wrongPassword, from: attacker, at: 0)
        #expect(effect.source == .enforced(remaining: 20_000))
        #expect(
            penalties.admission(of: attacker, at: 1)
                == .refused(.penalty(remaining: 19_999, latest: .wrongPassword))
        )
        // Once enforced, it is until its end, not only until it is below the minimum again.
        #expect(penalties.admission(of: attacker, at: 19_999) != .admitted)
        #expect(penalties.admission(of: attacker, at: 20_000) == .admitted)
        #expect(penalties.admission(of: other, at: 1) == .admitted)
    }

    @Test("Mistakes that are spread over time never add up")
    func decay() {
        var penalties = Penalties(rules())
        for round in 0..<1000 {
            let now = Int64(round) * 5000
            let effect = penalties.record(.wrongPassword, from: attacker, at: now)
            #expect(effect.source == .noted(remaining: 5000))
            #expect(penalties.admission(of: attacker, at: now) == .admitted)
        }
    }

    @Test("A penalty never exceeds the maximum, however much is done")
    func maximum() {
        var penalties = Penalties(rules())
        for _ in 0..<50 { penalties.record(.protocolViolation, from: attacker, at: 7) }
        #expect(
            penalties.record(.protocolViolation, from: attacker, at: 7).source
                == .prolonged(remaining: 100_000)
        )
        #expect(penalties.admission(of: attacker, at: 100_006) != .admitted)
        #expect(penalties.admission(of: attacker, at: 100_007) == .admitted)
    }

    @Test("After its end a penalty begins anew, with nothing of the old one")
    func anew() throws {
        var penalties = Penalties(rules())
        penalties.record(.protocolViolation, from: attacker, at: 0)
        #expect(penalties.admission(of: attacker, at: 1) != .admitted)
        penalties.record(.wrongPassword, from: attacker, at: 60_000)
        #expect(penalties.admission(of: attacker, at: 60_000) == .admitted)
        let penalty = try #require(penalties.explain(attacker, at: 60_001).penalty)
        #expect(penalty.offences == [.wrongPassword: 1])
        #expect(penalty.age == 1)
    }

    @Test("The addresses of one IPv6 line share a penalty, its neighbours have none of it")
    func grouping() {
        var penalties = Penalties(rules())
        let line = ["2001:db8::1", "2001:db8::ffff:9"].map(IPAddress.test)
        for index in 0..<4 {
            penalties.record(.wrongPassword, from: line[index % 2], at: 0)
        }
        #expect(penalties.admission(of: line[0], at: 1) != .admitted)
        #expect(penalties.admission(of: line[1], at: 1) != .admitted)
        #expect(penalties.admission(of: IPAddress.test("2001:db8:0:1::1"), at: 1) == .admitted)
    }

    @Test("Exempt networks get no penalty, all others do")
    func exempt() throws {
        var rules = rules()
        rules.exempt = AddressTable([try AddressRange("198.51.100.8/30")])
        var penalties = Penalties(rules)
        for address in [attacker, other] {
            penalties.record(.protocolViolation, from: address, at: 0)
        }
        #expect(penalties.admission(of: attacker, at: 1) != .admitted)
        #expect(penalties.admission(of: other, at: 1) == .admitted)
        #expect(penalties.record(.crashBeforeSignIn, from: other, at: 1).source == .none)
        #expect(penalties.explain(other, at: 1).isExempt)
    }

    @Test("A network that becomes exempt is let in at once")
    func exemptLater() throws {
        var penalties = Penalties(rules())
        penalties.record(.protocolViolation, from: attacker, at: 0)
        #expect(penalties.admission(of: attacker, at: 1) != .admitted)
        penalties.rules.exempt = AddressTable([try AddressRange("198.51.100.0/24")])
        #expect(penalties.admission(of: attacker, at: 1) == .admitted)
    }

    @Test("An offence that costs nothing leaves nothing behind")
    func free() {
        var rules = rules()
        rules.costs[.noSignIn] = 0
        var penalties = Penalties(rules)
        #expect(penalties.record(.noSignIn, from: attacker, at: 0).source == .none)
        #expect(penalties.figures.sources == 0)
        #expect(
            penalties.record(.unfinishedHandshake, from: attacker, at: 0).source
                == .noted(remaining: 1000)
        )
    }

    @Test("Operators see what was done, how often, since when and for how long")
    func listing() throws {
        var penalties = Penalties(rules())
        penalties.record(.wrongPassword, from: other, at: 1000)
        penalties.record(.wrongPassword, from: attacker, at: 1000)
        penalties.record(.wrongPassword, from: attacker, at: 2000)
        penalties.record(.protocolViolation, from: attacker, at: 3000)
        let listed = penalties.sources(at: 4000)
        #expect(listed.map(\.source) == [Source(attacker), Source(other)])
        let penalty = try #require(listed.first)
        #expect(penalty.offences == [.wrongPassword: 2, .protocolViolation: 1])
        #expect(penalty.latest == .protocolViolation)
        #expect(penalty.age == 3000)
        #expect(penalty.remaining == 67_000)
        #expect(penalty.isEnforced)
        #expect(listed.last?.isEnforced == false)
        #expect(penalties.explain(attacker, at: 4000).penalty == penalty)
        #expect(penalties.sources(at: 1_000_000).isEmpty)
    }

    @Test("Every offence has a name of its own that leads back to it, a sentence and a cost")
    func offences() {
        #expect(Set(Offence.allCases.map(\.name)).count == Offence.allCases.count)
        #expect(Set(Offence.allCases.map(\.description)).count == Offence.allCases.count)
        // So many fit into what counts them.
        #expect(Offence.allCases.count <= 16)
        for offence in Offence.allCases {
            #expect(Offence(name: offence.name) == offence)
            #expect(PenaltyRules().cost(of: offence) == offence.standardCost)
            #expect(offence.standardCost > 0)
        }
        #expect(Offence(name: "") == nil)
    }

    @Test("One mistake of any kind that an innocent client can make is not enforced")
    func innocence() {
        for offence in Offence.allCases where offence.standardCost <= 10_000 {
            var penalties = Penalties()
            penalties.record(offence, from: attacker, at: 0)
            #expect(penalties.admission(of: attacker, at: 0) == .admitted)
            for _ in 0..<20 { penalties.record(offence, from: attacker, at: 0) }
            #expect(penalties.admission(of: attacker, at: 0) != .admitted)
        }
    }

    @Test("Costs and maxima beyond all measure are cut and overflow nothing")
    func extremes() {
        let rules = PenaltyRules(
            costs: [.wrongPassword: .max, .unknownUser: .min],
            minimum: .min,
            maximum: .max,
            accounts: AccountRules(cost: .max, share: .max, minimum: .max, memory: .max)
        )
        var penalties = Penalties(rules)
        for _ in 0..<3 {
            penalties.record(.wrongPassword, from: attacker, account: "a", at: 5)
            penalties.record(.unknownUser, from: other, at: 5)
        }
        penalties.noteSignIn(to: "a", from: attacker, at: 5)
        #expect(penalties.admission(of: attacker, at: 6) != .admitted)
        #expect(penalties.admission(of: other, at: 6) == .admitted)
    }
}
