import LinuxSystem
import Synchronization

/// The gate's own thread: it watches descriptors and runs everything that decides.
///
/// Being an actor's executor makes it the one serial point of the gate. A sign-in is decided and
/// registered between two suspensions of the actor, and so is the selection of a revocation, so
/// neither can happen in the middle of the other.
package final class EventLoop: SerialExecutor {
    private let poll: EventPoll
    private let wakeUp: WakeUp
    private let shared = Mutex(Shared())
    // SAFETY: only the loop's own thread touches these three; `assertOnLoop` guards each entry.
    nonisolated(unsafe) private var watchers: [Int32: @Sendable () -> Void] = [:]
    nonisolated(unsafe) private var timers: [TimerID: Timer] = [:]
    nonisolated(unsafe) private var lastTimer: UInt64 = 0

    private struct Shared {
        var jobs: [UnownedJob] = []
        var thread: UInt?
    }

    private struct Timer {
        let due: MonotonicTime
        let body: @Sendable () -> Void
    }

    /// Names a timer that has not fired yet.
    package struct TimerID: Hashable, Sendable {
        fileprivate let value: UInt64
    }

    /// Prepares the loop; `start` sets it going.
    package init() throws(SystemError) {
        poll = try EventPoll()
        wakeUp = try WakeUp()
        try poll.watch(wakeUp.rawValue)
    }

    /// Starts the thread, which lives as long as the process.
    package func start() throws(SystemError) {
        try DedicatedThread.start(name: "gate") { self.run() }
    }

    /// Takes work for the loop's thread; any thread may call it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        shared.withLock { $0.jobs.append(job) }
        wakeUp.signal()
    }

    /// Whether the caller runs on the loop's thread.
    package func isIsolatingCurrentContext() -> Bool? {
        let current = DedicatedThread.currentID
        return shared.withLock { $0.thread == current }
    }

    package func checkIsolated() {
        if isIsolatingCurrentContext() != true { fatalError("not on the gate's thread") }
    }

    /// Calls `body` on the loop whenever `number` is readable or its other side is gone.
    func watch(_ number: Int32, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
        checkIsolated()
        try poll.watch(number)
        watchers[number] = body
    }

    /// Forgets a descriptor; to be called before it is closed.
    func forget(_ number: Int32) {
        checkIsolated()
        guard watchers.removeValue(forKey: number) != nil else { return }
        poll.forget(number)
    }

    /// Calls `body` once on the loop, after `milliseconds`.
    @discardableResult
    func after(milliseconds: Int64, _ body: @escaping @Sendable () -> Void) -> TimerID {
        checkIsolated()
        lastTimer &+= 1
        let id = TimerID(value: lastTimer)
        timers[id] = Timer(due: MonotonicTime.now.advanced(by: milliseconds), body: body)
        return id
    }

    /// Takes a timer back; one that has fired is no error.
    func cancel(_ timer: TimerID) {
        checkIsolated()
        timers[timer] = nil
    }

    private func run() {
        shared.withLock { $0.thread = DedicatedThread.currentID }
        while true {
            let ready: [Int32]
            do throws(SystemError) {
                ready = try poll.wait(milliseconds: patience())
            } catch {
                // Only a defect of this program can make waiting itself fail.
                fatalError("the gate cannot wait for events: \(error)")
            }
            for number in ready {
                if number == wakeUp.rawValue {
                    wakeUp.drain()
                } else {
                    watchers[number]?()
                }
            }
            fireTimers()
            runJobs()
        }
    }

    private func patience() -> Int32 {
        guard shared.withLock({ $0.jobs.isEmpty }) else { return 0 }
        guard let next = timers.values.map(\.due).min() else { return -1 }
        return Int32(clamping: max(0, next.since(.now)))
    }

    private func fireTimers() {
        let now = MonotonicTime.now
        let due = timers.filter { $0.value.due <= now }.sorted { $0.value.due < $1.value.due }
        for (id, timer) in due where timers.removeValue(forKey: id) != nil {
            timer.body()
        }
    }

    private func runJobs() {
        let jobs = shared.withLock { shared in
            let jobs = shared.jobs
            shared.jobs = []
            return jobs
        }
        for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
}
