import Admission
import Dispatch
import Synchronization

/// Where jobs wait until a thread takes them, in the fair order of their sources.
///
/// What nobody outside asked for has no source, and its turns like one.
final class WaitingJobs: Sendable {
    typealias Bounds = FairQueue<Source?, Job>.Bounds

    /// Something that is done once, or told once that it never will be.
    struct Job: Sendable {
        let number: UInt64
        let run: @Sendable (Turn) -> Void
    }

    /// What became of a job's turn.
    enum Turn {
        case come
        /// There was no room, or nobody waits for it any more.
        case lost
    }

    private struct State: Sendable {
        var queue: FairQueue<Source?, Job>
        var lastNumber: UInt64 = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    /// Rung at least once for each job that waits.
    private let bell = DispatchSemaphore(value: 0)

    init(_ bounds: Bounds) {
        state = Mutex(State(queue: FairQueue(bounds)))
    }

    /// A number that no other job has.
    func number() -> UInt64 {
        state.withLock { state in
            state.lastNumber &+= 1
            return state.lastNumber
        }
    }

    /// Lets a job wait, if there is room for it.
    func add(_ job: Job, from source: Source?) {
        switch state.withLock({ $0.queue.add(job, from: source) }) {
        case .added: bell.signal()
        case .addedInstead(let displaced):
            bell.signal()
            displaced.run(.lost)
        case .refused: job.run(.lost)
        }
    }

    /// Takes back a job that still waits; one that does not is left alone.
    func cancel(_ number: UInt64, from source: Source?) {
        let job = state.withLock { $0.queue.remove(from: source) { $0.number == number } }
        job?.run(.lost)
    }

    /// Does one job after the other until there will be none any more.
    func work() {
        while true {
            bell.wait()
            let (job, isClosed) = state.withLock { ($0.queue.next(), $0.isClosed) }
            if let job {
                job.run(.come)
            } else if isClosed {
                return
            }
        }
    }

    /// Lets so many threads end.
    func close(for threads: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { bell.signal() }
    }
}
