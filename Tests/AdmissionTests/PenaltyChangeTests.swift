import Admission
import Testing

@Suite("What has to be written of penalties")
struct PenaltyChangeTests {
    private let attacker = IPAddress.test("198.51.100.7")
    private let other = IPAddress.test("2001:db8:7::9")

    @Test("Without an earlier moment everything that matters is new")
    func everything() {
        var penalties = Penalties()
        penalties.record(.crashBeforeSignIn, from: attacker, at: 0)
        // A note that is not enforced is forgotten within seconds, restart or not.
        penalties.record(.unknownUser, from: other, at: 0)
        penalties.record(.wrongPassword, from: other, account: "anna", at: 0)
        penalties.noteSignIn(to: "bert", from: attacker, at: 0)
        let changes = PenaltyReading(penalties, at: 1000).changes(since: nil)
        #expect(changes.sources.map(\.source) == [Source(attacker)])
        #expect(changes.sources.map(\.remaining) == [89_000])
        #expect(changes.accounts.map(\.account) == ["anna"])
        #expect(
            changes.knownSources == [
                KnownSource(account: "bert", source: Source(attacker), age: 1000)
            ]
        )
        #expect(changes.endedSources.isEmpty && changes.endedAccounts.isEmpty)
        #expect(changes.forgottenSources.isEmpty)
    }

    @Test("Time alone changes nothing until something ends, and that is told once")
    func time() {
        var penalties = Penalties()
        penalties.record(.crashBeforeSignIn, from: attacker, at: 0)
        penalties.record(.wrongPassword, from: other, account: "anna", at: 0)
        penalties.noteSignIn(to: "bert", from: attacker, at: 0)
        let first = PenaltyReading(penalties, at: 1000)
        let second = PenaltyReading(penalties, at: 60_000)
        #expect(second.changes(since: first) == PenaltyChanges())
        let third = PenaltyReading(penalties, at: 90_000)
        #expect(third.changes(since: second).endedSources == [Source(attacker)])
        let fourth = PenaltyReading(penalties, at: 300_000)
        #expect(fourth.changes(since: third) == PenaltyChanges(endedAccounts: ["anna"]))
        let later = PenaltyReading(penalties, at: 31 * 86_400_000)
        #expect(
            later.changes(since: fourth)
                == PenaltyChanges(
                    forgottenSources: [KnownPlace(account: "bert", source: Source(attacker))]
                )
        )
    }

    @Test("Only what is another than before is told, be it more, lifted, forgiven or pushed out")
    func changes() throws {
        var rules = PenaltyRules()
        rules.accounts.knownSources = 1
        var penalties = Penalties(rules)
        for address in [attacker, other] {
            penalties.record(.crashBeforeSignIn, from: address, at: 0)
            penalties.record(.wrongPassword, from: address, account: "anna", at: 0)
        }
        penalties.record(.wrongPassword, from: other, account: "carl", at: 0)
        penalties.noteSignIn(to: "bert", from: attacker, at: 0)
        let before = PenaltyReading(penalties, at: 0)
        penalties.record(.noSignIn, from: other, at: 10)
        _ = penalties.lift(try AddressRange("198.51.100.7"), at: 10)
        penalties.noteSignIn(to: "anna", from: attacker, at: 10)
        penalties.lift(account: "carl", at: 10)
        penalties.noteSignIn(to: "bert", from: other, at: 10)
        let changes = PenaltyReading(penalties, at: 10).changes(since: before)
        #expect(changes.sources.map(\.source) == [Source(other)])
        #expect(
            changes.sources.first?.offences == [
                .crashBeforeSignIn: 1, .noSignIn: 1, .wrongPassword: 2,
            ]
        )
        #expect(changes.endedSources == [Source(attacker)])
        #expect(changes.accounts.map(\.account) == ["anna"])
        #expect(changes.accounts.first?.shares.keys.map { $0 } == [Source(other)])
        #expect(changes.endedAccounts == ["carl"])
        #expect(
            Set(changes.knownSources) == [
                KnownSource(account: "anna", source: Source(attacker), age: 0),
                KnownSource(account: "bert", source: Source(other), age: 0),
            ]
        )
        #expect(
            changes.forgottenSources == [KnownPlace(account: "bert", source: Source(attacker))]
        )
    }

    @Test("Parts hold everything once, and so many of each kind at most")
    func parts() {
        var penalties = Penalties()
        for number in 0..<25 {
            penalties.record(.crashBeforeSignIn, from: .test("203.0.113.\(number)"), at: 0)
            penalties.noteSignIn(to: "user \(number % 10)", from: attacker, at: 0)
        }
        let all = PenaltyReading(penalties, at: 0).changes(since: nil)
        let parts = all.parts(of: 10)
        #expect(parts.map(\.sources.count) == [10, 10, 5])
        #expect(parts.flatMap(\.sources) == all.sources)
        #expect(parts.flatMap(\.knownSources) == all.knownSources)
        #expect(PenaltyChanges().parts(of: 10).isEmpty)
    }
}
