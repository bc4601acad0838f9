package import Logging
package import SubuserStore
import Synchronization

/// Collects what happens and writes it to the store a few times a second.
///
/// Adding never waits. What was added is in the store after the flush interval at the latest; while
/// the store cannot be written it is kept, up to a bound, and tried again.
package final class ActivityLog: Sendable {
    private let store: any AccessStore
    private let interval: Duration
    private let logger: Logger
    private let pending = Mutex(Pending())

    private struct Pending {
        var entries: [ActivityEntry] = []
        var dropped = 0
    }

    /// Entries kept while the store cannot be written.
    private static let capacity = 20_000
    /// Entries written in one transaction.
    private static let batch = 1000

    /// Writes to `store` every `interval`.
    package init(store: any AccessStore, interval: Duration, logger: Logger) {
        self.store = store
        self.interval = interval
        self.logger = logger
    }

    /// Takes an entry for the next flush.
    package func add(_ entry: ActivityEntry) {
        pending.withLock { pending in
            if pending.entries.count < Self.capacity {
                pending.entries.append(entry)
            } else {
                pending.dropped += 1
            }
        }
    }

    /// Flushes until the task is cancelled, less often while the store cannot be written.
    package func run() async {
        while !Task.isCancelled {
            let isWritten = await flush()
            try? await Task.sleep(for: isWritten ? interval : Self.retryInterval)
        }
    }

    /// Writes everything that was added so far; false when the store could not take it.
    @discardableResult
    package func flush() async -> Bool {
        let (entries, dropped) = pending.withLock { pending in
            defer { pending = Pending() }
            return (pending.entries, pending.dropped)
        }
        if dropped > 0 {
            logger.error("activity was lost", metadata: ["entries": "\(dropped)"])
        }
        var rest = entries[...]
        while !rest.isEmpty {
            do throws(StoreError) {
                try await store.record(Array(rest.prefix(Self.batch)))
            } catch {
                logger.error(
                    "activity cannot be written yet",
                    metadata: ["error": "\(error)", "entries": "\(rest.count)"]
                )
                putBack(rest)
                return false
            }
            rest = rest.dropFirst(Self.batch)
        }
        return true
    }

    /// Keeps what could not be written in front of what came since, as far as there is room.
    private func putBack(_ rest: ArraySlice<ActivityEntry>) {
        pending.withLock { pending in
            let room = max(0, Self.capacity - pending.entries.count)
            pending.dropped += max(0, rest.count - room)
            pending.entries.insert(contentsOf: rest.suffix(room), at: 0)
        }
    }

    private static let retryInterval: Duration = .seconds(5)
}
