import Dispatch
package import PasswordHashing
package import SessionLink
import Synchronization

/// Checks passwords on a few threads of their own, so that guessing never slows anything else.
///
/// A check costs tens of milliseconds of processor time by design. The number of workers bounds how
/// much of the host that can take, the queue how long it can take.
package final class PasswordWorkers: Sendable {
    private let queues: [DispatchQueue]
    private let load: Mutex<[Int]>
    private let decoy: PasswordHash

    /// Checks that may wait for each worker; beyond that an attempt is denied unchecked.
    private static let backlog = 64

    /// Starts `count` workers; `decoy` is checked where there is no hash, so that nobody can tell.
    package init(count: Int, decoy: PasswordHash) {
        let count = max(1, count)
        queues = (0..<count).map { DispatchQueue(label: "passwords-\($0)", qos: .utility) }
        load = Mutex([Int](repeating: 0, count: count))
        self.decoy = decoy
    }

    /// Whether `password` is the one behind `hash`; without a hash the work is done for nothing.
    ///
    /// Nil where so many wait that it was not looked at.
    package func verify(_ password: Secret, against hash: PasswordHash?) async -> Bool? {
        guard let worker = reserve() else { return nil }
        defer { release(worker) }
        let (checked, decoy) = (hash, decoy)
        let matches = await withCheckedContinuation { continuation in
            queues[worker].async {
                let matches = password.withBytes { (checked ?? decoy).verify($0) }
                continuation.resume(returning: matches)
            }
        }
        return matches && checked != nil
    }

    private func reserve() -> Int? {
        load.withLock { load in
            guard let least = load.indices.min(by: { load[$0] < load[$1] }),
                load[least] < Self.backlog
            else { return nil }
            load[least] += 1
            return least
        }
    }

    private func release(_ worker: Int) {
        load.withLock { $0[worker] -= 1 }
    }
}
