package import LinuxSystem
package import SessionLink

/// Sessions that were told to end together, by one order or by several, and the one who waits
/// until they are gone.
package final class EndingGroup {
    /// What each order found.
    private let orders: [[SessionID]]
    private var remaining: Set<SessionID>
    private var gone: [SessionID: Departure] = [:]
    private let start: MonotonicTime
    private var whenAnswered: (([RevocationOutcome]) -> Void)?

    private struct Departure {
        let session: EndedSession
        /// Since the group was told to end.
        let milliseconds: Int
    }

    /// Waits for the sessions that each order found, of which the same may be in several.
    ///
    /// `whenAnswered` is called once, with an outcome for each order.
    package init(
        _ orders: [[SessionID]],
        start: MonotonicTime = .now,
        whenAnswered: @escaping ([RevocationOutcome]) -> Void
    ) {
        self.orders = orders
        remaining = Set(orders.joined())
        self.start = start
        self.whenAnswered = whenAnswered
    }

    /// One of them is gone; the last one answers whoever waits.
    package func ended(_ session: EndedSession, at time: MonotonicTime = .now) {
        guard remaining.remove(session.id) != nil else { return }
        gone[session.id] = Departure(session: session, milliseconds: Int(time.since(start)))
        if remaining.isEmpty { answer(at: time) { EndedSession(id: $0, manner: .pending) } }
    }

    /// Answers now, with whatever is not gone as `pending` tells it.
    package func answer(
        at time: MonotonicTime = .now,
        pending: (SessionID) -> EndedSession
    ) {
        guard let whenAnswered else { return }
        self.whenAnswered = nil
        let sofar = Int(time.since(start))
        whenAnswered(
            orders.map { order in
                RevocationOutcome(
                    order.map { gone[$0]?.session ?? pending($0) },
                    // An order is done with its own last session, whatever others wait for.
                    milliseconds: order.map { gone[$0]?.milliseconds ?? sofar }.max() ?? 0
                )
            }
        )
    }
}
