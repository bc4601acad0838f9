import LinuxSystem
import SSHTransport
import SessionLink

extension ClientSession {
    /// Looks at the clock, and says which time has run out, if any.
    func exceededTime() -> SessionClock.Excess? {
        let sight = SessionClock.Sight(
            received: connection.traffic.received,
            requests: meter.requests,
            isServing: !channels.isEmpty,
            isAtWork: channels.contains(where: \.isAtWork),
            isListening: !isFull && !connection.isWritePending
        )
        switch clock?.look(sight, at: .now) {
        case .end(let excess)?: return excess
        case .probe?: connection.probe()
        case nil: break
        }
        return nil
    }

    /// Milliseconds to wait for anything at all.
    func wait() -> Int32 {
        let isBlocked = channels.contains { $0.blockedSince != nil }
        let patience = clock?.patience(at: .now).map { Int32(clamping: $0) } ?? .max
        return isBlocked ? min(Self.stallInterval, patience) : patience
    }

    func end(_ excess: SessionClock.Excess) throws(LinkFailure) {
        let limits = preparation.limits
        switch excess {
        case .unused:
            try end(.unused, saying: "Nothing was opened for \(span(limits.unused))")
        case .idle:
            try end(.idle, saying: "No request was made for \(span(limits.idle))")
        case .total:
            try end(
                .timeLimit,
                saying: "No connection may last longer than \(span(limits.total))"
            )
        case .silent:
            try end(.silent, saying: "Nothing was heard for \(span(limits.silence))")
        }
    }

    private func end(_ reason: SessionEnd, saying text: String) throws(LinkFailure) {
        try end(reason, detail: "", saying: text)
    }

    /// A time as people say it, in the largest unit that leaves no fraction.
    private func span(_ milliseconds: UInt32?) -> String {
        let milliseconds = milliseconds ?? 0
        let units: [(UInt32, String)] = [(3_600_000, "hour"), (60_000, "minute"), (1000, "second")]
        for (size, name) in units where milliseconds >= size && milliseconds % size == 0 {
            let count = milliseconds / size
            return "\(count) \(name)\(count == 1 ? "" : "s")"
        }
        return "\(milliseconds) milliseconds"
    }
}

extension SessionClock.Limits {
    init(_ limits: SessionLimits) {
        self.init(
            unused: limits.unused.map { Int64($0) },
            idle: limits.idle.map { Int64($0) },
            total: limits.total.map { Int64($0) },
            keepalive: limits.keepalive.map { Int64($0) },
            silence: limits.silence.map { Int64($0) }
        )
    }
}
