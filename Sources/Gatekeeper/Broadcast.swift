import Synchronization

/// Tells everybody who listens that there is something new to look at.
///
/// It says that, and not what: whoever is still busy when more is announced looks once for all of
/// it, so that nobody waits for anybody and nothing piles up.
package final class Broadcast: Sendable {
    package typealias Listener = AsyncStream<Void>.Continuation

    private struct Listeners {
        var last: UInt64 = 0
        var all: [UInt64: Listener] = [:]
    }

    private let listeners = Mutex(Listeners())

    package init() {}

    /// How many listen.
    package var count: Int { listeners.withLock { $0.all.count } }

    /// Wakes a listener at every announcement from now on, until its stream ends.
    ///
    /// The stream is best one that keeps a single element.
    package func wake(_ listener: Listener) {
        let number = listeners.withLock { listeners in
            listeners.last += 1
            listeners.all[listeners.last] = listener
            return listeners.last
        }
        listener.onTermination = { [weak self] _ in
            self?.listeners.withLock { $0.all[number] = nil }
        }
    }

    /// Wakes everybody who listens.
    package func announce() {
        // Not under the lock, which a stream that ends takes as well.
        for listener in listeners.withLock({ Array($0.all.values) }) { listener.yield() }
    }
}
