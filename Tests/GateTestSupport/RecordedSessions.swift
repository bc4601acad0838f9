package import AccessControl
package import Admission
package import Gatekeeper
import SessionLink
import SubuserStore
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
        /// What a session would be granted now; of one that is not here, just what it has.
        var reviews: [SessionID: @Sendable () -> FileRights?] = [:]
        var beforeAnswer: (@Sendable () async -> Void)?
    }

    /// Penalties, and what time it is by their clock.
    private let kept = Mutex(PenaltyReading(Penalties(), at: 0))

    package init() {}

    /// The calls so far, in their order.
    package var calls: [Call] { state.withLock { $0.calls } }

    /// What the calls so far asked for, in their order.
    package var selectors: [RevocationSelector] { calls.map(\.selector) }

    /// Forgets the calls so far.
    package func forgetCalls() {
        state.withLock { $0.calls = [] }
    }

    /// Opens a session; `review` is asked what it would be granted later, nil for nothing.
    ///
    /// Without it a session stands every review.
    package func open(
        _ summary: SessionSummary,
        review: (@Sendable () -> FileRights?)? = nil
    ) {
        state.withLock {
            $0.summaries.append(summary)
            $0.reviews[summary.id] = review
        }
    }

    /// Runs `body` in the middle of each revocation from now on.
    package func duringRevocations(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.beforeAnswer = body }
    }

    package func sessions() async -> [SessionSummary] {
        state.withLock { $0.summaries }
    }

    package func review(
        _ selector: RevocationSelector,
        reason: String,
        gained: GainedRights
    ) async -> RevocationOutcome {
        let order = RevocationOrder(selector: selector, reason: reason)
        let outcomes = await end([order]) { session, review in
            guard let rights = review?() else { return review == nil ? session : nil }
            guard rights != session.rights else { return session }
            guard gained == .keep, rights.isSuperset(of: session.rights) else { return nil }
            var session = session
            session.rights = rights
            return session
        }
        return outcomes.first ?? RevocationOutcome()
    }

    /// What it has ended is gone when that is answered.
    package func settle(_ selector: RevocationSelector, gained: GainedRights) async {}

    package func revoke(_ orders: [RevocationOrder]) async -> [RevocationOutcome] {
        await end(orders) { _, _ in nil }
    }

    /// Ends those of the sessions that `keeping` answers nothing for.
    private func end(
        _ orders: [RevocationOrder],
        keeping: (SessionSummary, (@Sendable () -> FileRights?)?) -> SessionSummary?
    ) async -> [RevocationOutcome] {
        let (outcomes, body) = state.withLock { state in
            let before = state.summaries
            let outcomes = orders.map { order in
                state.calls.append(Call(selector: order.selector, reason: order.reason))
                func kept(_ session: SessionSummary) -> SessionSummary? {
                    order.selector.matches(session)
                        ? keeping(session, state.reviews[session.id]) : session
                }
                state.summaries = state.summaries.compactMap(kept)
                return RevocationOutcome(
                    before.filter { kept($0) == nil }.map(\.endedByGoodbye),
                    milliseconds: 1
                )
            }
            return (outcomes, state.beforeAnswer)
        }
        await body?()
        return outcomes
    }
}

extension RecordedSessions: LivePenalties {
    package func penalties() async -> PenaltyReading { kept.withLock { $0 } }

    package func changePenalties<Value: Sendable, Failure: Error>(
        _ change: @Sendable (_ penalties: inout Penalties, _ now: Int64) throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try kept.withLock { reading throws(Failure) in
            var penalties = reading.penalties
            let value = try change(&penalties, reading.time)
            reading = PenaltyReading(penalties, at: reading.time)
            return value
        }
    }

    package func listing(of address: IPAddress) async -> AdmissionRefusal? { nil }

    /// Lets the clock of penalties go on.
    package func pass(milliseconds: Int64) {
        kept.withLock { $0 = PenaltyReading($0.penalties, at: $0.time + milliseconds) }
    }
}

extension SessionSummary {
    /// What it is once it has left when asked.
    fileprivate var endedByGoodbye: EndedSession {
        EndedSession(
            id: id,
            userID: userID.flatMap { UserID($0) },
            userName: userName.flatMap { try? UserName($0) },
            serverID: serverID.flatMap { ServerID($0) },
            serverShortID: serverShortID.flatMap { ShortID($0) },
            manner: .goodbye,
            counters: counters
        )
    }
}
