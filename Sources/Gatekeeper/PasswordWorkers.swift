package import Admission
import LinuxSystem
package import PasswordHashing
package import SessionLink

/// Checks passwords on a few threads of their own, so that guessing never slows anything else.
///
/// A check costs tens of milliseconds of processor time by design. The number of workers bounds how
/// much of the host that can take, the queue how long it can take, and its order keeps whoever
/// guesses from standing in anybody else's way. The threads let all others of the host go first.
package final class PasswordWorkers: Sendable {
    private let jobs = WaitingJobs(bounds)
    private let count: Int
    private let decoy: PasswordHash
    /// The work that new hashes are.
    package let cost: HashingCost

    /// How many may wait; one that waits costs less than one that is denied and tries again.
    private static let bounds = WaitingJobs.Bounds(total: 1024, perSource: 256)
    /// A third of the share of an ordinary thread: little beside the gate and its sessions, and enough
    /// where other programs of the host leave nothing idle.
    private static let niceness: Int32 = 5

    /// Starts `count` workers, which make hashes of this cost.
    ///
    /// - Throws: `system`, `hashing`.
    package init(count: Int, cost: HashingCost) throws(GateFailure) {
        self.count = max(1, count)
        self.cost = cost
        do throws(PasswordHashError) {
            decoy = try PasswordHash.decoy(cost: cost)
        } catch {
            throw .hashing(error)
        }
        do throws(SystemError) {
            for number in 0..<self.count {
                let jobs = jobs
                try DedicatedThread.start(name: "passwords-\(number)", niceness: Self.niceness) {
                    jobs.work()
                }
            }
        } catch {
            jobs.close(for: self.count)
            throw .system(error)
        }
    }

    deinit {
        jobs.close(for: count)
    }

    /// Whether `password` is the one behind `hash`; without a hash the work is done for nothing, so
    /// that nobody can tell.
    ///
    /// Nil where it was not looked at: too many wait, or the task was cancelled before its turn.
    package func verify(
        _ password: Secret,
        against hash: PasswordHash?,
        from source: Source?
    ) async -> Bool? {
        let (checked, decoy) = (hash, decoy)
        let matches = await perform(from: source) {
            password.withBytes { (checked ?? decoy).verify($0) }
        }
        return matches.map { $0 && checked != nil }
    }

    /// A new hash of `password`, made in the gate's own name.
    ///
    /// Nil where too many wait, or the password cannot be hashed.
    package func hash(_ password: Secret) async -> PasswordHash? {
        let cost = cost
        let hash = await perform(from: nil) {
            password.withBytes { try? PasswordHash.make($0, cost: cost) }
        }
        return hash ?? nil
    }

    private func perform<Value: Sendable>(
        from source: Source?,
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        let number = jobs.number()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = WaitingJobs.Job(number: number) { turn in
                    switch turn {
                    case .come: continuation.resume(returning: body())
                    case .lost: continuation.resume(returning: nil)
                    }
                }
                if Task.isCancelled { return job.run(.lost) }
                jobs.add(job, from: source)
                // Cancelled just before it waited, there was nothing to take back.
                if Task.isCancelled { jobs.cancel(number, from: source) }
            }
        } onCancel: {
            jobs.cancel(number, from: source)
        }
    }
}
