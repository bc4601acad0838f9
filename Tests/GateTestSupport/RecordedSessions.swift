package import Gatekeeper
import Synchronization

/// Live sessions that are only pretended: it remembers every revocation it was asked for.
package final class RecordedSessions: LiveSessions {
    /// One call, and what had happened by then.
    package struct Call: Equatable, Sendable {
        package let selector: RevocationSelector
        package let reason: String
    }

    private let state = Mutex(State())

    private struct State: Sendable {
        var calls: [Call] = []
        var summaries: [SessionSummary] = []
        var beforeAnswer: (@Sendable () async -> Void)?
    }

    package init() {}

    /// The calls so far, in their order.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// What the calls so far asked for, in their order.
    package var selectors: [RevocationSelector] { calls.map(\.selector) }

    /// Forgets the calls so far.
    package func forgetCalls() {
        state.withLock { $0.calls = [] }
    }

    /// Opens a session.
    package func open(_ summary: SessionSummary) {
        state.withLock { $0.summaries.append(summary) }
    }

    /// Runs `body` in the middle of each revocation from now on.
    package func duringRevocations(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.beforeAnswer = body }
    }

    package func sessions() async -> [SessionSummary] {
        state.withLock { $0.summaries }
    }

    package func revoke(
        _ selector: RevocationSelector,
        reason: String
    ) async -> RevocationOutcome {
        let (found, body) = state.withLock { state in
            state.calls.append(Call(selector: selector, reason: reason))
            let found = state.summaries.count { selector.matches($0) }
            state.summaries.removeAll { selector.matches($0) }
            return (found, state.beforeAnswer)
        }
        await body?()
        return RevocationOutcome(found: found, endedByGoodbye: found, milliseconds: 1)
    }
}
