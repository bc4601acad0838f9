import Foundation
import Synchronization

/// Another thread that does the same thing over and over, to race with.
package final class Rival: Sendable {
    private let state: State

    private final class State: Sendable {
        let isCalledOff = Atomic(false)
        let isGone = DispatchSemaphore(value: 0)
    }

    /// Starts at once.
    package init(_ body: @escaping @Sendable () -> Void) {
        let state = State()
        self.state = state
        Thread.detachNewThread {
            while !state.isCalledOff.load(ordering: .relaxed) { body() }
            state.isGone.signal()
        }
    }

    /// Calls it off and waits until it is gone; once.
    package func stop() {
        state.isCalledOff.store(true, ordering: .relaxed)
        state.isGone.wait()
    }
}
