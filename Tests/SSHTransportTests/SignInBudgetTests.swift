import LinuxSystem
import SSHTransport
import Testing

@Suite("What a client may do before it has signed in")
struct SignInBudgetTests {
    private static let start = MonotonicTime(milliseconds: 1000)
    private static let limits = SignInBudget.Limits(
        grace: 30_000,
        attempts: 6,
        packets: 200,
        bytes: 1000
    )

    private func check(
        _ budget: inout SignInBudget,
        packetsIn: UInt64 = 0,
        packetsOut: UInt64 = 0,
        bytesIn: UInt64 = 0,
        answers: Int = 0,
        isKeyExchangeDone: Bool = true,
        after milliseconds: Int64 = 0
    ) -> SignInBudget.Excess? {
        budget.check(
            packetsIn: packetsIn,
            packetsOut: packetsOut,
            bytesIn: bytesIn,
            answers: answers,
            isKeyExchangeDone: isKeyExchangeDone,
            now: Self.start.advanced(by: milliseconds)
        )
    }

    @Test("Nothing is exceeded at the start, and the grace ends at its last millisecond")
    func grace() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        #expect(check(&budget) == nil)
        #expect(check(&budget, after: 29_999) == nil)
        #expect(check(&budget, after: 30_000) == .grace)
        #expect(budget.patience(now: Self.start.advanced(by: 29_000)) == 1000)
        #expect(budget.patience(now: Self.start.advanced(by: 99_000)) == 0)
    }

    @Test("The sixth failed attempt is the last")
    func attempts() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        for _ in 1...5 { budget.recordFailure() }
        #expect(check(&budget) == nil)
        #expect(!budget.isExhausted)
        budget.recordFailure()
        #expect(budget.isExhausted)
        #expect(check(&budget) == .attempts)
    }

    @Test("Offered keys have four times the room of failed attempts")
    func offers() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        for _ in 1...23 { budget.recordOffer() }
        #expect(check(&budget) == nil)
        budget.recordOffer()
        #expect(check(&budget) == .attempts)
    }

    @Test("Packets and bytes beyond the budget are noticed")
    func traffic() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        #expect(check(&budget, packetsIn: 200, bytesIn: 1000, answers: 1) == nil)
        #expect(check(&budget, packetsIn: 201, answers: 2) == .traffic)
        #expect(check(&budget, bytesIn: 1001, answers: 3) == .traffic)
    }

    @Test("A packet that nothing answered for five seconds ends the wait")
    func silence() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        #expect(check(&budget, packetsIn: 5, packetsOut: 5, answers: 1) == nil)
        #expect(check(&budget, packetsIn: 6, packetsOut: 5, answers: 1, after: 10) == nil)
        #expect(budget.patience(now: Self.start.advanced(by: 10)) == 5000)
        #expect(check(&budget, packetsIn: 6, packetsOut: 5, answers: 1, after: 5009) == nil)
        #expect(
            check(&budget, packetsIn: 6, packetsOut: 5, answers: 1, after: 5010) == .unanswerable
        )
    }

    @Test("An answer makes an earlier silence good")
    func answered() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        #expect(check(&budget, packetsIn: 6, packetsOut: 0, answers: 0, after: 10) == nil)
        #expect(check(&budget, packetsIn: 6, packetsOut: 1, answers: 0, after: 20) == nil)
        #expect(check(&budget, packetsIn: 6, packetsOut: 1, answers: 0, after: 9000) == nil)
    }

    @Test("During the key exchange silence is normal")
    func keyExchange() {
        var budget = SignInBudget(limits: Self.limits, start: Self.start)
        for packets in 1...10 {
            #expect(check(&budget, packetsIn: UInt64(packets), isKeyExchangeDone: false) == nil)
        }
    }
}
