import Admission
import Testing

@Suite("Penalties over a restart")
struct PenaltySnapshotTests {
    private let attacker = IPAddress.test("198.51.100.7")
    private let owner = IPAddress.test("2001:db8:7::9")

    /// A snapshot without its order.
    private struct Parts: Equatable {
        let sources: Set<SourcePenalty>
        let accounts: Set<AccountPenalty>
        let knownSources: Set<KnownSource>
        let bans: Set<BanReport>

        init(_ snapshot: PenaltySnapshot) {
            sources = Set(snapshot.sources)
            accounts = Set(snapshot.accounts)
            knownSources = Set(snapshot.knownSources)
            bans = Set(snapshot.bans)
        }
    }

    /// Something of everything, as of the moment 100 000.
    private func filled() throws -> Penalties {
        var penalties = Penalties()
        penalties.record(.unknownUser, from: attacker, at: 47_000)
        penalties.record(.crashBeforeSignIn, from: attacker, at: 50_000)
        penalties.record(.wrongPassword, from: owner, account: "anna", at: 99_000)
        for number in 0..<8 {
            let source = IPAddress.test("203.0.113.\(number)")
            for _ in 0..<2 {
                penalties.record(.wrongPassword, from: source, account: "bert", at: 100_000)
            }
        }
        penalties.noteSignIn(to: "bert", from: owner, at: 90_000)
        penalties.noteSignIn(to: "bert", from: attacker, at: 95_000)
        try penalties.ban(AddressRange("192.0.2.0/24"), reason: "a", duration: 70_000, at: 90_000)
        try penalties.ban(AddressRange("2001:db8:bad::/48"), reason: "b", duration: nil, at: 0)
        return penalties
    }

    @Test("What is taken up on another clock is what was put down")
    func roundTrip() throws {
        let snapshot = try filled().snapshot(at: 100_000)
        #expect(snapshot.sources.count == 10)
        #expect(snapshot.accounts.count == 2)
        #expect(snapshot.knownSources.count == 2)
        #expect(snapshot.bans.count == 2)
        let restored = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 0, at: 5)
        #expect(Parts(restored.snapshot(at: 5)) == Parts(snapshot))
    }

    @Test("Remaining times go on, and what ended meanwhile is gone")
    func goesOn() throws {
        let snapshot = try filled().snapshot(at: 100_000)
        let restored = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 30_000, at: 7)
        // It ends at 142 000: of 5000 from 47 000 on, 2000 were left to be added to 90 000.
        #expect(
            restored.admission(of: attacker, at: 7)
                == .refused(.penalty(remaining: 12_000, latest: .crashBeforeSignIn))
        )
        #expect(restored.admission(of: attacker, at: 12_007) == .admitted)
        #expect(restored.explain(attacker, at: 7).penalty?.age == 83_000)
        #expect(restored.explain(owner, at: 7).penalty == nil)
        #expect(restored.bans(at: 7).map(\.remaining) == [30_000, nil])
        let later = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 60_000, at: 7)
        #expect(later.bans(at: 7).map(\.reason) == ["b"])
        #expect(later.sources(at: 7).isEmpty)
        #expect(later.admission(of: IPAddress.test("2001:db8:bad::1"), at: 7) != .admitted)
    }

    @Test("Known sources stay known, and accounts under attack stay refused to strangers")
    func accounts() throws {
        let snapshot = try filled().snapshot(at: 100_000)
        let stranger = IPAddress.test("192.0.3.1")
        let restored = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 1000, at: 0)
        #expect(restored.guess(at: "bert", from: stranger, at: 0) != .admitted)
        #expect(restored.guess(at: "bert", from: owner, at: 0) == .admitted)
        let day: Int64 = 86_400_000
        let muchLater = Penalties(
            PenaltyRules(),
            restoring: snapshot,
            elapsed: 31 * day,
            at: 0
        )
        #expect(muchLater.snapshot(at: 0).knownSources.isEmpty)
    }

    @Test("A calendar that was set back counts as no time, and one that ran away ends what ends")
    func calendar() throws {
        let snapshot = try filled().snapshot(at: 100_000)
        let back = Penalties(PenaltyRules(), restoring: snapshot, elapsed: -1_000_000, at: 0)
        #expect(Parts(back.snapshot(at: 0)) == Parts(snapshot))
        let away = Penalties(PenaltyRules(), restoring: snapshot, elapsed: .max, at: 0)
        #expect(away.snapshot(at: 0).bans.map(\.reason) == ["b"])
        #expect(away.snapshot(at: 0).sources.isEmpty)
    }

    @Test("Values that no gate wrote are cut to what is possible and trap nothing")
    func nonsense() throws {
        let range = try AddressRange("192.0.2.1")
        let source = Source(range: range)
        let snapshot = PenaltySnapshot(
            sources: [
                SourcePenalty(
                    source: source,
                    remaining: .max,
                    age: .min,
                    isEnforced: true,
                    latest: .noSignIn,
                    offences: [.noSignIn: .max, .unknownUser: -5]
                )
            ],
            accounts: [
                AccountPenalty(
                    account: "anna",
                    shares: [source: .max],
                    remaining: .min,
                    age: .max,
                    offences: [:]
                )
            ],
            knownSources: [KnownSource(account: "anna", source: source, age: .min)],
            bans: [BanReport(range: range, reason: "", age: .max, remaining: .max)]
        )
        let restored = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 0, at: 0)
        let penalty = try #require(restored.sources(at: 0).first)
        #expect(penalty.remaining == 600_000)
        #expect(penalty.offences == [.noSignIn: 255])
        let stranger = IPAddress.test("192.0.2.2")
        #expect(restored.guess(at: "anna", from: stranger, at: 0) == .admitted)
        #expect(restored.bans(at: 0).count == 1)
    }

    @Test("Bans that were set under a higher limit are all taken up")
    func manyBans() throws {
        var penalties = Penalties()
        for number in 0..<20 {
            try penalties.ban(AddressRange("192.0.2.\(number)"), reason: "", duration: nil, at: 0)
        }
        let restored = Penalties(
            PenaltyRules(bans: 5),
            restoring: penalties.snapshot(at: 0),
            elapsed: 0,
            at: 0
        )
        #expect(restored.bans(at: 0).count == 20)
    }
}
