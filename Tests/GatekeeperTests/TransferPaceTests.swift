import Gatekeeper
import LinuxSystem
import SessionLink
import Testing

@Suite("How fast a session moves content")
struct TransferPaceTests {
    private func counters(read: UInt64, written: UInt64 = 0) -> SessionCounters {
        var counters = SessionCounters()
        counters.contentRead = read
        counters.contentWritten = written
        return counters
    }

    private func time(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(milliseconds: milliseconds)
    }

    @Test("Without a note there is no rate")
    func unknown() {
        #expect(TransferPace().rates(counters(read: 9), at: time(1)) == TransferRates())
    }

    @Test("The rate is what has been moved since the note")
    func since() {
        var pace = TransferPace()
        pace.note(counters(read: 1000, written: 50), at: time(10_000))
        #expect(
            pace.rates(counters(read: 4000, written: 150), at: time(12_000))
                == TransferRates(read: 1500, written: 50)
        )
    }

    @Test("What was long ago does not count")
    func window() {
        var pace = TransferPace()
        pace.note(counters(read: 0), at: time(0))
        pace.note(counters(read: 1_000_000), at: time(1000))
        #expect(pace.rates(counters(read: 1_000_000), at: time(1000)).read == 1_000_000)
        for second in Int64(2)...4 {
            pace.note(counters(read: 1_000_000), at: time(second * 1000))
        }
        #expect(pace.rates(counters(read: 1_000_000), at: time(4500)).read == 0)
    }

    @Test("Numbers that cannot be are no rate and no trap")
    func impossible() {
        var pace = TransferPace()
        pace.note(counters(read: 0), at: time(5))
        #expect(pace.rates(counters(read: 100), at: time(5)).read == 0)
        #expect(pace.rates(counters(read: 100), at: time(4)).read == 0)
        #expect(pace.rates(counters(read: .max), at: time(6)).read == .max)
        pace.note(counters(read: .max), at: time(7))
        pace.note(counters(read: 3), at: time(8))
        pace.note(counters(read: 2), at: time(9))
        #expect(pace.rates(counters(read: 1), at: time(10)).read == 0)
    }
}
