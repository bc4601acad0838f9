import Admission
import Testing

@Suite("Bans by hand")
struct BanTests {
    private let address = IPAddress.test("198.51.100.7")

    @Test("A ban holds for its range until its end, and tells its reason")
    func end() throws {
        var penalties = Penalties()
        let range = try AddressRange("198.51.100.0/24")
        #expect(penalties.admission(of: address, at: 0) == .admitted)
        try penalties.ban(range, reason: "scanner", duration: 60_000, at: 0)
        #expect(
            penalties.admission(of: address, at: 10_000)
                == .refused(
                    .banned(
                        BanReport(range: range, reason: "scanner", age: 10_000, remaining: 50_000)
                    )
                )
        )
        #expect(penalties.admission(of: IPAddress.test("198.51.101.7"), at: 0) == .admitted)
        #expect(penalties.admission(of: address, at: 59_999) != .admitted)
        #expect(penalties.admission(of: address, at: 60_000) == .admitted)
        #expect(penalties.bans(at: 59_999).count == 1)
        #expect(penalties.bans(at: 60_000).isEmpty)
    }

    @Test("A ban without end holds for ever, and for exempt networks")
    func endless() throws {
        var penalties = Penalties(PenaltyRules(exempt: [try AddressRange("198.51.100.0/24")]))
        #expect(penalties.guess(at: "anna", from: address, at: 0) == .admitted)
        try penalties.ban(AddressRange("198.51.100.7"), reason: "r", duration: nil, at: 0)
        let later: Int64 = 100 * 365 * 86_400_000
        #expect(penalties.admission(of: address, at: later) != .admitted)
        #expect(penalties.guess(at: "anna", from: address, at: 1) != .admitted)
        #expect(penalties.admission(of: IPAddress.test("198.51.100.8"), at: later) == .admitted)
    }

    @Test("A wider ban holds when a narrower one has ended")
    func nested() throws {
        var penalties = Penalties()
        try penalties.ban(AddressRange("198.0.0.0/8"), reason: "wide", duration: nil, at: 0)
        try penalties.ban(AddressRange("198.51.100.7"), reason: "narrow", duration: 10, at: 0)
        #expect(penalties.explain(address, at: 5).ban?.reason == "narrow")
        #expect(penalties.explain(address, at: 10).ban?.reason == "wide")
        #expect(penalties.bans(at: 5).map(\.reason) == ["wide", "narrow"])
    }

    @Test("A ban of the same range replaces the old one")
    func replaced() throws {
        var penalties = Penalties()
        let range = try AddressRange("198.51.100.7")
        try penalties.ban(range, reason: "first", duration: nil, at: 0)
        try penalties.ban(range, reason: "second", duration: 10, at: 5)
        #expect(
            penalties.bans(at: 5)
                == [BanReport(range: range, reason: "second", age: 0, remaining: 10)]
        )
    }

    @Test("Lifting ends bans and penalties inside a range, and leaves wider ones")
    func lifting() throws {
        var penalties = Penalties()
        try penalties.ban(AddressRange("198.0.0.0/8"), reason: "wide", duration: nil, at: 0)
        try penalties.ban(AddressRange("198.51.100.0/25"), reason: "inside", duration: nil, at: 0)
        penalties.record(.crashBeforeSignIn, from: address, at: 0)
        penalties.record(.crashBeforeSignIn, from: IPAddress.test("203.0.113.1"), at: 0)
        let lifted = penalties.lift(try AddressRange("198.51.100.0/24"), at: 1)
        #expect(lifted.bans.map(\.reason) == ["inside"])
        #expect(lifted.penalties.map(\.source) == [Source(address)])
        let explained = penalties.explain(address, at: 1)
        #expect(explained.ban?.reason == "wide")
        #expect(explained.penalty == nil)
        #expect(penalties.lift(try AddressRange("198.51.100.0/24"), at: 1).isEmpty)
        #expect(!penalties.lift(try AddressRange("198.0.0.0/8"), at: 1).isEmpty)
        #expect(penalties.admission(of: address, at: 1) == .admitted)
        #expect(penalties.admission(of: IPAddress.test("203.0.113.1"), at: 1) != .admitted)
    }

    @Test("Lifting one IPv6 address ends the penalty of the line that it belongs to")
    func liftingOneAddress() throws {
        var penalties = Penalties()
        let six = IPAddress.test("2001:db8::5")
        penalties.record(.crashBeforeSignIn, from: six, at: 0)
        #expect(penalties.admission(of: six, at: 1) != .admitted)
        #expect(!penalties.lift(try AddressRange("2001:db8::9"), at: 1).isEmpty)
        #expect(penalties.admission(of: six, at: 1) == .admitted)
    }

    @Test("There are as many bans as there may be; ended ones make room")
    func bounded() throws {
        var penalties = Penalties(PenaltyRules(bans: 2))
        try penalties.ban(AddressRange("192.0.2.1"), reason: "", duration: 100, at: 0)
        try penalties.ban(AddressRange("192.0.2.2"), reason: "", duration: nil, at: 0)
        let third = try AddressRange("192.0.2.3")
        #expect(throws: AdmissionError.tooManyBans(limit: 2)) {
            try penalties.ban(third, reason: "", duration: nil, at: 0)
        }
        try penalties.ban(AddressRange("192.0.2.2"), reason: "again", duration: nil, at: 0)
        try penalties.ban(third, reason: "", duration: nil, at: 100)
        #expect(penalties.bans(at: 100).count == 2)
    }
}
