import SubuserStore
import Synchronization

/// Which revocations somebody is at work on, for those who wait for the same.
final class RunningRevocations: Sendable {
    private struct Work {
        var workers = 0
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let work = Mutex<[RevocationJobID: Work]>([:])

    /// Notes somebody who works on these, or may be about to.
    ///
    /// To be called before they are recorded: whoever finds one recorded then finds it here.
    func enter(_ ids: Set<RevocationJobID>) {
        work.withLock { work in
            for id in ids { work[id, default: Work()].workers += 1 }
        }
    }

    /// Notes that they are done, or were for somebody else to do.
    func leave(_ ids: Set<RevocationJobID>) {
        let waiting = work.withLock { work in
            ids.flatMap { id -> [CheckedContinuation<Void, Never>] in
                guard var one = work[id] else { return [] }
                one.workers -= 1
                work[id] = one.workers > 0 ? one : nil
                return one.workers > 0 ? [] : one.waiting
            }
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns once nobody works on it.
    func wait(for id: RevocationJobID) async {
        await withCheckedContinuation { continuation in
            let isRunning = work.withLock { work in
                work[id]?.waiting.append(continuation)
                return work[id] != nil
            }
            if !isRunning { continuation.resume() }
        }
    }
}
