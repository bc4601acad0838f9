import Gatekeeper
import Logging
import ServiceLifecycle
import SubuserStore

/// Compares open sessions with the store: at once when another program has changed it, and every
/// now and then anyway.
struct HealingService: Service {
    let gate: Gate
    let store: SQLiteStore
    let activity: ActivityLog
    /// Between two comparisons of everything.
    let interval: Duration
    let logger: Logger

    /// Between two questions whether another program has changed the store.
    private static let period = Duration.milliseconds(500)

    func run() async {
        await cancelWhenGracefulShutdown {
            var next = ContinuousClock.now.advanced(by: interval)
            while !Task.isCancelled {
                let isChanged = await askStore()
                // Another gate's entries are in the record as well.
                if isChanged { activity.news.announce() }
                if isChanged || ContinuousClock.now >= next {
                    _ = await gate.heal(known: isChanged)
                    next = ContinuousClock.now.advanced(by: interval)
                }
                try? await Task.sleep(for: Self.period)
            }
        }
    }

    private func askStore() async -> Bool {
        do throws(StoreError) {
            return try await store.wasChangedElsewhere()
        } catch {
            logger.warning("the store cannot be asked", metadata: ["error": "\(error)"])
            return false
        }
    }
}
