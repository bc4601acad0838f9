import AccessControl
package import Logging
package import SubuserStore
import Synchronization

/// Collects what happens and writes it to the store a few times a second.
///
/// Adding never waits. What was added is in the store after the flush interval at the latest, in an
/// entry that later flushes may still make grow; while the store cannot be written it is kept, up
/// to a bound, and tried again.
package final class ActivityLog: Sendable {
    private let store: any AccessStore
    private let interval: Duration
    private let logger: Logger
    private let queue = Mutex(ActivityQueue())
    /// Says whenever the record has become longer.
    package let news = Broadcast()
    /// An entry that is being written has no id yet, so nothing else is written meanwhile.
    private let turns = Turns<Work>()

    private enum Work { case flush }

    /// Entries written in one transaction.
    private static let batch = 500
    private static let retryInterval: Duration = .seconds(5)

    /// Writes to `store` every `interval`.
    package init(store: any AccessStore, interval: Duration, logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    /// Takes an entry for the next flush.
    package func add(_ entry: ActivityEntry) {
        queue.withLock { queue in
            queue.add(entry)
            if entry.event == ActivityEvent.logout.rawValue, let session = entry.session {
                queue.closeEntries(ofSession: session)
            }
        }
    }

    /// Flushes until the task is cancelled, less often while the store cannot be written.
    ///
    /// First it ends, in the record, what a gate before it did not live to end.
    package func run() async {
        var hasEnded = false
        while !Task.isCancelled {
            if !hasEnded { hasEnded = await endLostSessions() }
            let isWritten = await flush()
            try? await Task.sleep(for: isWritten ? interval : Self.retryInterval)
        }
    }

    /// Records the end of sessions whose gate ended without being told to; false when the store
    /// could not take it.
    @discardableResult
    package func endLostSessions() async -> Bool {
        do throws(StoreError) {
            let count = try await store.endLostSessions(with: ActivityEntry.lost)
            if count > 0 {
                news.announce()
                logger.warning(
                    "an earlier gate ended without being told to",
                    metadata: ["sessions": "\(count)"]
                )
            }
            return true
        } catch {
            logger.error(
                "the end of earlier sessions cannot be recorded yet",
                metadata: ["error": "\(error)"]
            )
            return false
        }
    }

    /// Writes everything that was added so far; false when the store could not take it.
    @discardableResult
    package func flush() async -> Bool {
        await turns.run(.flush) { await writeEverything() }
    }

    private func writeEverything() async -> Bool {
        var (left, dropped) = queue.withLock { queue in
            defer { queue.dropped = 0 }
            queue.closeEntries(at: .now)
            return (queue.count, queue.dropped)
        }
        if dropped > 0 {
            logger.error("activity was lost", metadata: ["entries": "\(dropped)"])
        }
        // Counted before, because more may come for as long as this takes.
        while left > 0 {
            let batch = queue.withLock { $0.take(min(left, Self.batch)) }
            guard batch.count > 0 else { break }
            do throws(StoreError) {
                let ids = try await store.record(batch.new, changed: batch.changed)
                queue.withLock { $0.finish(batch, ids: ids) }
                news.announce()
            } catch {
                logger.error(
                    "activity cannot be written yet",
                    metadata: ["error": "\(error)", "entries": "\(left)"]
                )
                queue.withLock { $0.putBack(batch) }
                return false
            }
            left -= batch.count
        }
        return true
    }
}
