import Testing

@testable import SubuserStore

@Suite("Wrong codes")
struct WrongCodesTests {
    private let start = Timestamp(milliseconds: 1_700_000_000_000)

    private func later(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    private func codes(_ count: Int) -> WrongCodes { WrongCodes(count: count, last: start) }

    @Test("a few cost nothing, and then each makes the next wait twice as long, up to an hour")
    func waits() {
        #expect(WrongCodes().wait(at: start) == nil)
        #expect(codes(4).wait(at: start) == nil)
        let waits = (5...20).map { codes($0).wait(at: start) }
        #expect(Array(waits.prefix(4)) == [1000, 2000, 4000, 8000])
        #expect(waits.last == 3_600_000)
        #expect(codes(.max).wait(at: start) == 3_600_000)
    }

    @Test("a wait ends")
    func end() {
        #expect(codes(6).wait(at: later(1999)) == 1)
        #expect(codes(6).wait(at: later(2000)) == nil)
    }

    @Test("they are counted together, and forgotten after a day without one")
    func memory() {
        let more = codes(6).adding(at: later(10_000))
        #expect(more == WrongCodes(count: 7, last: later(10_000)))
        #expect(codes(30).adding(at: later(WrongCodes.memory)).count == 1)
        #expect(codes(30).wait(at: later(WrongCodes.memory)) == nil)
    }

    @Test("a clock that is set back keeps nobody out")
    func clock() {
        #expect(codes(30).wait(at: later(-1)) == nil)
        #expect(codes(30).adding(at: later(-1)).count == 1)
    }
}
