import Admission
import Testing

@Suite("Tables that are full")
struct BoundTests {
    private func source(_ number: Int) -> IPAddress {
        IPAddress.test("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
    }

    private func six(_ number: Int) -> IPAddress {
        IPAddress.test("2001:db8:0:\(String(number, radix: 16))::1")
    }

    @Test("A flood of small offences never grows the table and never lifts a ban")
    func floodOfSmallOffences() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 64))
        let banned = (0..<20).map(source)
        for address in banned { penalties.record(.crashBeforeSignIn, from: address, at: 0) }
        for number in 1000..<5000 {
            penalties.record(.unfinishedHandshake, from: source(number), at: 1)
            #expect(penalties.figures.sources <= 64)
        }
        for address in banned { #expect(penalties.admission(of: address, at: 2) != .admitted) }
        #expect(penalties.figures.untracked == 0)
        // Those who came last are still counted, so that they can be banned as well.
        for _ in 0..<15 { penalties.record(.unfinishedHandshake, from: source(4999), at: 2) }
        #expect(penalties.admission(of: source(4999), at: 2) != .admitted)
    }

    @Test("A table full of bans keeps them and takes newcomers as soon as one has ended")
    func fullOfBans() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 64))
        for number in 0..<64 {
            penalties.record(.crashBeforeSignIn, from: source(number), at: Int64(number) * 1000)
        }
        let newcomer = source(100)
        #expect(
            penalties.record(.crashBeforeSignIn, from: newcomer, at: 64_000).source == .untracked
        )
        #expect(penalties.admission(of: newcomer, at: 64_000) == .admitted)
        #expect(penalties.figures.untracked == 1)
        for number in 0..<64 {
            #expect(penalties.admission(of: source(number), at: 64_000) != .admitted)
        }
        // The first of them ends.
        #expect(
            penalties.record(.crashBeforeSignIn, from: newcomer, at: 90_000).source
                == .enforced(remaining: 90_000)
        )
        #expect(penalties.admission(of: source(63), at: 90_000) != .admitted)
        // One that is in the table already is never turned away.
        #expect(
            penalties.record(.wrongPassword, from: source(63), at: 90_001).source
                == .prolonged(remaining: 67_999)
        )
    }

    @Test("Also in a large table that is half full of bans, each newcomer is counted")
    func large() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 1000))
        let banned = (0..<500).map(source)
        for address in banned { penalties.record(.crashBeforeSignIn, from: address, at: 0) }
        for number in 1000..<4000 {
            let effect = penalties.record(.unfinishedHandshake, from: source(number), at: 1)
            #expect(effect.source == .noted(remaining: 1000))
        }
        #expect(penalties.figures.sources == 1000)
        for address in banned { #expect(penalties.admission(of: address, at: 2) != .admitted) }
    }

    @Test("IPv6 sources, however many, take no room from IPv4 sources")
    func families() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 16))
        for number in 0..<100 { penalties.record(.crashBeforeSignIn, from: six(number), at: 0) }
        #expect(penalties.figures.sources == 16)
        #expect(
            penalties.record(.crashBeforeSignIn, from: source(1), at: 0).source
                == .enforced(remaining: 90_000)
        )
    }

    @Test("What has decayed makes room first")
    func decayed() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 16))
        for number in 0..<16 {
            penalties.record(.unfinishedHandshake, from: source(number), at: 0)
        }
        penalties.record(.wrongPassword, from: source(0), at: 0)
        penalties.record(.wrongPassword, from: source(100), at: 2000)
        #expect(penalties.figures.sources == 2)
        #expect(penalties.sources(at: 2000).count == 2)
    }

    @Test("Accounts and known sources are bounded, and an account under attack is not forgotten")
    func accounts() {
        var penalties = Penalties(
            PenaltyRules(
                costs: [.wrongPassword: 0],
                accounts: AccountRules(capacity: 16)
            )
        )
        for number in 0..<6 {
            for _ in 0..<2 {
                penalties.record(.wrongPassword, from: source(number), account: "anna", at: 0)
            }
        }
        for number in 0..<500 {
            penalties.record(.wrongPassword, from: source(9), account: "u\(number)", at: 1)
            penalties.noteSignIn(to: "u\(number)", from: source(9), at: Int64(number))
        }
        #expect(penalties.figures.accounts <= 16)
        #expect(penalties.figures.knownAccounts <= 16)
        let stranger = source(77)
        #expect(
            penalties.guess(at: "anna", from: stranger, at: 2) != .admitted
        )
        // Those who signed in last are the ones who are remembered.
        let known = Set(penalties.snapshot(at: 500).knownSources.map(\.account))
        #expect(known.contains("u499"))
        #expect(!known.contains("u0"))
    }

    @Test("A table without room counts nothing and refuses nobody")
    func nothing() {
        var penalties = Penalties(PenaltyRules(sourceCapacity: 0))
        #expect(
            penalties.record(.crashBeforeSignIn, from: source(1), at: 0).source == .untracked
        )
        #expect(penalties.admission(of: source(1), at: 0) == .admitted)
    }

    @Test("Random offences keep every bound, and everything is over in the end")
    func randomSequences() throws {
        for seed in 0..<10 {
            var numbers = Numbers(seed: UInt64(seed))
            var penalties = Penalties(
                PenaltyRules(sourceCapacity: 24, accounts: AccountRules(capacity: 8, memory: 5000))
            )
            var now: Int64 = 0
            for _ in 0..<3000 {
                now += Int64(numbers.below(800))
                let address =
                    numbers.below(2) == 0 ? source(numbers.below(60)) : six(numbers.below(60))
                let account = "u\(numbers.below(20))"
                let offence = Offence.allCases[numbers.below(Offence.allCases.count)]
                switch numbers.below(6) {
                case 0: penalties.noteSignIn(to: account, from: address, at: now)
                case 1:
                    _ = penalties.lift(AddressRange(around: address, length: 128), at: now)
                default:
                    penalties.record(offence, from: address, account: account, at: now)
                }
                #expect(penalties.figures.sources <= 48)
                #expect(penalties.figures.accounts <= 8)
                #expect(penalties.figures.knownAccounts <= 8)
            }
            for penalty in penalties.sources(at: now) {
                #expect(penalty.remaining > 0 && penalty.remaining <= 600_000)
            }
            now += 600_000
            #expect(penalties.snapshot(at: now) == PenaltySnapshot())
        }
    }
}
