import LinuxSystem
import SessionLink
import WireFormat

extension Gate {
    /// Milliseconds between two looks at what sessions have moved and used.
    private static let paceInterval: Int64 = 1000

    package func sessions() async -> [SessionSummary] {
        registry.all.map { session in
            sessions[session.id].map { shown(session, by: $0) } ?? session
        }
    }

    /// A session with what its process shows of it at this moment, or has shown to its end.
    func shown(_ session: SessionSummary, by process: SessionProcess) -> SessionSummary {
        var session = session
        let now = MonotonicTime.now
        session.counters = process.board.counters
        session.rates = process.pace.rates(session.counters, at: now)
        session.request = process.board.request.map { request in
            // Both clocks are read now; between them lies only how long ago it was.
            let age = max(0, now.since(MonotonicTime(milliseconds: request.milliseconds)))
            return SessionRequest(
                operation: request.operation,
                path: request.path.unescapedText,
                since: max(session.since, WallClock.secondsSince1970 - Double(age) / 1000),
                isAnswered: request.isAnswered
            )
        }
        return session
    }

    /// Notes now and then what the sessions have moved, as long as there are any, and ends those
    /// that only use up the processor.
    func keepPace() {
        guard !isKeepingPace, !sessions.isEmpty else { return }
        isKeepingPace = true
        loop.after(milliseconds: Self.paceInterval) { [weak self] in
            self?.assumeIsolated { gate in
                for process in gate.sessions.values {
                    if process.stage == .open { process.notePace() }
                    gate.endIfSpinning(process)
                }
                gate.isKeepingPace = false
                gate.keepPace()
            }
        }
    }
}
