import Admission
import Testing

@Suite("Early random drop")
struct EarlyDropTests {
    @Test(
        "The chance grows evenly from the rate at the start to certainty when all places are taken"
    )
    func chance() throws {
        let drop = try #require(EarlyDrop(start: 10, rate: 30, full: 110))
        #expect(drop.chance(count: 0) == 0)
        #expect(drop.chance(count: 9) == 0)
        #expect(abs(drop.chance(count: 10) - 0.3) < 1e-9)
        #expect(abs(drop.chance(count: 60) - 0.65) < 1e-9)
        #expect(abs(drop.chance(count: 109) - 0.993) < 1e-9)
        #expect(drop.chance(count: 110) == 1)
        #expect(drop.chance(count: 1_000_000) == 1)
    }

    @Test("The lot decides between the start and the full house, and nothing else does outside")
    func lot() throws {
        let drop = try #require(EarlyDrop(start: 10, rate: 30, full: 110))
        #expect(drop.refusal(count: 9, random: 0) == nil)
        #expect(drop.refusal(count: 10, random: 0.31) == nil)
        #expect(drop.refusal(count: 10, random: 0.29) == .earlyDrop(unauthenticated: 10))
        #expect(
            drop.refusal(count: 110, random: 0.999_999)
                == .unauthenticatedConnections(limit: 110)
        )
    }

    @Test("A start at the full house is a plain limit, and a rate of 0 begins softly")
    func edges() throws {
        let plain = try #require(EarlyDrop(start: 5, rate: 100, full: 5))
        #expect(plain.refusal(count: 4, random: 0) == nil)
        #expect(plain.refusal(count: 5, random: 0.9) == .unauthenticatedConnections(limit: 5))
        let soft = try #require(EarlyDrop(start: 0, rate: 0, full: 10))
        #expect(soft.refusal(count: 0, random: 0) == nil)
        #expect(soft.refusal(count: 5, random: 0.49) == .earlyDrop(unauthenticated: 5))
    }

    @Test(
        "Numbers that mean nothing are refused",
        arguments: [(-1, 30, 100), (11, 30, 10), (0, 30, 0), (1, -1, 10), (1, 101, 10)]
    )
    func nonsense(start: Int, rate: Int, full: Int) {
        #expect(EarlyDrop(start: start, rate: rate, full: full) == nil)
    }

    @Test("As many are refused as the chance says")
    func frequency() throws {
        let drop = try #require(EarlyDrop(start: 10, rate: 30, full: 110))
        var numbers = Numbers(seed: 5)
        let refused = (0..<20_000).count { _ in
            drop.refusal(count: 60, random: numbers.fraction()) != nil
        }
        #expect((12_600...13_400).contains(refused))
    }
}
