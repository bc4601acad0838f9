package import Logging
package import SubuserStore

/// Removes activity and revocations that have been kept for long enough, a little at a time.
///
/// Each step is a transaction of its own, and between steps whoever else wants to write can: a
/// change over the control API waits for one step at most, and a sign-in, which only reads, for
/// none.
package final class ActivityRetention: Sendable {
    private let store: any AccessStore
    private let logger: Logger
    private let ages: AsyncStream<Duration?>
    private let changes: AsyncStream<Duration?>.Continuation

    /// Entries removed in one transaction.
    package static let step = 500
    /// Between two steps, so that other processes find the store free as well.
    private static let pause: Duration = .milliseconds(10)
    private static let interval: Duration = .seconds(3600)

    /// Keeps what is not older than `age`; nil keeps everything.
    package init(store: any AccessStore, age: Duration?, logger: Logger) {
        self.store = store
        self.logger = logger
        (ages, changes) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        change(to: age)
    }

    /// Keeps what is not older than `age` from now on; nil keeps everything.
    ///
    /// What is too old by that is removed at once, if `run` is at work.
    package func change(to age: Duration?) {
        changes.yield(age)
    }

    /// Removes what is too old, now, after each change and every hour, until the task is cancelled.
    ///
    /// It can be run once.
    package func run() async {
        var removal: Task<Void, Never>?
        for await age in ages {
            removal?.cancel()
            await removal?.value
            // A task of its own: it goes on until there is another age, which is waited for here.
            removal = age.map { age in
                Task(name: "activity retention") { await removeHourly(olderThan: age) }
            }
        }
        removal?.cancel()
        await removal?.value
    }

    private func removeHourly(olderThan age: Duration) async {
        while !Task.isCancelled {
            do throws(StoreError) {
                let removed = try await prune(olderThan: age, at: .now)
                _ = try await pruneRevocations(olderThan: age, at: .now)
                if removed > 0 {
                    logger.info("old activity removed", metadata: ["entries": "\(removed)"])
                }
            } catch {
                if Task.isCancelled { return }
                logger.error("old activity not removed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    /// Removes all activity that is older than `age` at `time`, step by step; answers how many
    /// entries.
    package func prune(
        olderThan age: Duration,
        at time: Timestamp
    ) async throws(StoreError) -> Int {
        try await removeAll { () async throws(StoreError) in
            try await removeStep(olderThan: age, at: time)
        }
    }

    /// Removes all revocations that are done and older than `age` at `time`, step by step; answers
    /// how many.
    package func pruneRevocations(
        olderThan age: Duration,
        at time: Timestamp
    ) async throws(StoreError) -> Int {
        guard let limit = time.before(age) else { return 0 }
        return try await removeAll { () async throws(StoreError) in
            try await store.removeRevocations(before: limit, limit: Self.step)
        }
    }

    private func removeAll(
        _ removeStep: () async throws(StoreError) -> Int
    ) async throws(StoreError) -> Int {
        var removed = 0
        while true {
            let count = try await removeStep()
            removed += count
            guard count == Self.step, !Task.isCancelled else { return removed }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Removes at most one step of activity that is older than `age` at `time`; answers how many
    /// entries.
    package func removeStep(
        olderThan age: Duration,
        at time: Timestamp
    ) async throws(StoreError) -> Int {
        guard let limit = time.before(age) else { return 0 }
        return try await store.removeActivity(before: limit, limit: Self.step)
    }
}

extension Timestamp {
    /// The time before which everything is older than `age` now; nil where nothing can be.
    fileprivate func before(_ age: Duration) -> Timestamp? {
        let (limit, overflow) = milliseconds.subtractingReportingOverflow(age.milliseconds)
        return overflow ? nil : Timestamp(milliseconds: limit)
    }
}

extension Duration {
    /// The whole milliseconds in it, at most what 64 bits hold.
    fileprivate var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : milliseconds + attoseconds / 1_000_000_000_000_000
    }
}
