import HeapModule
package import LinuxSystem
import Synchronization

/// The gate's own thread: it watches descriptors and runs everything that decides.
///
/// Being an actor's executor makes it the one serial point of the gate. A sign-in is decided and
/// registered between two suspensions of the actor, and so is the selection of a revocation, so
/// neither can happen in the middle of the other.
package final class EventLoop: SerialExecutor {
    private let poll: EventPoll
    private let wakeUp: WakeUp
    private let state = Mutex(State())

    private struct State {
        var jobs: [UnownedJob] = []
        /// The loop's thread, once it runs.
        var thread: UInt?
        var watchers: [Int32: @Sendable () -> Void] = [:]
        /// When each timer is due; one that was taken back stays here until then, without a body.
        var due = Heap<Due>()
        var timers: [TimerID: @Sendable () -> Void] = [:]
        var lastTimer: UInt64 = 0
    }

    private struct Due: Comparable {
        let time: MonotonicTime
        let timer: TimerID

        static func < (one: Due, other: Due) -> Bool {
            one.time == other.time
                ? one.timer.value < other.timer.value : one.time < other.time
        }
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
        state.withLock { $0.jobs.append(job) }
        wakeUp.signal()
    }

    /// Whether the caller runs on the loop's thread.
    package func isIsolatingCurrentContext() -> Bool? {
        let current = DedicatedThread.currentID
        return state.withLock { $0.thread == current }
    }

    package func checkIsolated() {
        if isIsolatingCurrentContext() != true { fatalError("not on the gate's thread") }
    }

    /// Calls `body` on the loop whenever `number` is readable or its other side is gone.
    package func watch(_ number: Int32, _ body: @escaping @Sendable () -> Void) throws(SystemError)
    {
        checkIsolated()
        try poll.watch(number)
        state.withLock { $0.watchers[number] = body }
    }

    /// Forgets a descriptor; to be called before it is closed.
    package func forget(_ number: Int32) {
        checkIsolated()
        let body = state.withLock { $0.watchers.removeValue(forKey: number) }
        if body != nil { poll.forget(number) }
    }

    /// Calls `body` once on the loop, after `milliseconds`.
    @discardableResult
    package func after(milliseconds: Int64, _ body: @escaping @Sendable () -> Void) -> TimerID {
        checkIsolated()
        return state.withLock { state in
            state.lastTimer &+= 1
            let id = TimerID(value: state.lastTimer)
            state.due.insert(Due(time: MonotonicTime.now.advanced(by: milliseconds), timer: id))
            state.timers[id] = body
            return id
        }
    }

    /// Takes a timer back; one that has fired is no error.
    package func cancel(_ timer: TimerID) {
        checkIsolated()
        state.withLock { $0.timers[timer] = nil }
    }

    private func run() {
        state.withLock { $0.thread = DedicatedThread.currentID }
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
                    // Read anew for each: an earlier one may have forgotten a later one.
                    state.withLock { $0.watchers[number] }?()
                }
            }
            fireTimers()
            runJobs()
        }
    }

    private func patience() -> Int32 {
        state.withLock { state in
            guard state.jobs.isEmpty else { return 0 }
            guard let next = state.due.min else { return -1 }
            return Int32(clamping: max(0, next.time.since(.now)))
        }
    }

    private func fireTimers() {
        let now = MonotonicTime.now
        // One by one: an earlier one may take a later one back.
        while let timer = takeDue(at: now) {
            state.withLock { $0.timers.removeValue(forKey: timer) }?()
        }
    }

    /// The next timer that is due, taken back or not; nil where none is.
    private func takeDue(at now: MonotonicTime) -> TimerID? {
        state.withLock { state in
            guard let next = state.due.min, next.time <= now else { return nil }
            return state.due.removeMin().timer
        }
    }

    private func runJobs() {
        let jobs = state.withLock { state in
            let jobs = state.jobs
            state.jobs = []
            return jobs
        }
        // SAFETY: each job was handed over by the runtime for exactly one run on this executor.
        for job in jobs {
            unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        }
    }
}
