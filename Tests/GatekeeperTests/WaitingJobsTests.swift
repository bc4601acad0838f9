import Admission
import Synchronization
import Testing

@testable import Gatekeeper

@Suite("Jobs that wait for a thread")
struct WaitingJobsTests {
    /// What became of jobs, in the order in which it did.
    private final class Record: Sendable {
        private let entries = Mutex<[String]>([])

        var all: [String] { entries.withLock { $0 } }

        func job(_ number: UInt64) -> WaitingJobs.Job {
            WaitingJobs.Job(number: number) { turn in
                self.entries.withLock { $0.append("\(number) \(turn)") }
            }
        }
    }

    private let here: Source
    private let elsewhere: Source

    init() throws {
        here = Source(try #require(IPAddress("192.0.2.1")))
        elsewhere = Source(try #require(IPAddress("192.0.2.2")))
    }

    @Test("A thread does what waits, source by source, and ends when there is nothing left")
    func work() {
        let (jobs, record) = (WaitingJobs(.init(total: 9, perSource: 9)), Record())
        jobs.add(record.job(1), from: here)
        jobs.add(record.job(2), from: here)
        jobs.add(record.job(3), from: elsewhere)
        jobs.add(record.job(4), from: nil)
        jobs.close(for: 1)
        jobs.work()
        #expect(record.all == ["1 come", "3 come", "4 come", "2 come"])
    }

    @Test("A job that is taken back is told so, and no thread does it")
    func cancellation() {
        let (jobs, record) = (WaitingJobs(.init(total: 9, perSource: 9)), Record())
        jobs.add(record.job(1), from: here)
        jobs.add(record.job(2), from: here)
        jobs.cancel(1, from: here)
        #expect(record.all == ["1 lost"])
        jobs.cancel(1, from: here)
        jobs.close(for: 1)
        jobs.work()
        #expect(record.all == ["1 lost", "2 come"])
    }

    @Test("A job without a place, and one that gives its place up, are told so at once")
    func bounds() {
        let (jobs, record) = (WaitingJobs(.init(total: 2, perSource: 2)), Record())
        for number in 1...3 { jobs.add(record.job(UInt64(number)), from: here) }
        #expect(record.all == ["3 lost"])
        jobs.add(record.job(4), from: elsewhere)
        #expect(record.all == ["3 lost", "2 lost"])
        jobs.close(for: 1)
        jobs.work()
        #expect(record.all == ["3 lost", "2 lost", "1 come", "4 come"])
    }
}
