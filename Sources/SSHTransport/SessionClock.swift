package import LinuxSystem

/// How long somebody who has signed in may stay, and whether they are still there.
///
/// A value that is told what can be seen and when; the connection's own loop looks, and waits no
/// longer than `patience` before it looks again. All times are milliseconds.
package struct SessionClock: Equatable, Sendable {
    /// The bounds; nil where there is none.
    package struct Limits: Equatable, Sendable {
        /// Without an SFTP channel.
        package var unused: Int64?
        /// Without a request.
        package var idle: Int64?
        /// From the sign-in to the end, whatever happens.
        package var total: Int64?
        /// Without a sign of life, until one is asked for.
        package var keepalive: Int64?
        /// Without a sign of life, until nobody expects one any more.
        package var silence: Int64?

        package init(
            unused: Int64?,
            idle: Int64?,
            total: Int64?,
            keepalive: Int64?,
            silence: Int64?
        ) {
            self.unused = unused
            self.idle = idle
            self.total = total
            self.keepalive = keepalive
            self.silence = silence
        }
    }

    /// What can be seen of a session at one moment.
    package struct Sight: Equatable, Sendable {
        /// Bytes that have come from the client.
        package var received: UInt64
        /// Requests that have been answered.
        package var requests: UInt64
        /// Whether an SFTP channel is open.
        package var isServing: Bool
        /// Whether a request is under way, or a reply to it.
        package var isAtWork: Bool
        /// Whether what the client sends would be read: not while it leaves replies unread itself.
        package var isListening: Bool

        package init(
            received: UInt64,
            requests: UInt64,
            isServing: Bool,
            isAtWork: Bool,
            isListening: Bool
        ) {
            self.received = received
            self.requests = requests
            self.isServing = isServing
            self.isAtWork = isAtWork
            self.isListening = isListening
        }
    }

    /// What is to be done.
    package enum Step: Equatable, Sendable {
        /// Ask the client for a sign of life.
        case probe
        case end(Excess)
    }

    /// Which bound was passed.
    package enum Excess: Equatable, Sendable, CaseIterable {
        case unused
        case idle
        case total
        /// The client did not answer; it is probably gone.
        case silent
    }

    private let limits: Limits
    private let start: MonotonicTime
    /// Since when there is no SFTP channel; nil while there is one.
    private var unusedSince: MonotonicTime?
    private var lastRequest: MonotonicTime
    private var requests: UInt64 = 0
    private var lastHeard: MonotonicTime
    private var received: UInt64 = 0
    /// When the client was asked for a sign of life; nil where none is awaited.
    private var probedAt: MonotonicTime?

    /// Begins with a sign-in.
    package init(limits: Limits, start: MonotonicTime) {
        self.limits = limits
        self.start = start
        unusedSince = start
        lastRequest = start
        lastHeard = start
    }

    /// Looks at a session, and says what is to be done, if anything.
    package mutating func look(_ sight: Sight, at now: MonotonicTime) -> Step? {
        unusedSince = sight.isServing ? nil : unusedSince ?? now
        if sight.isAtWork || sight.requests != requests { lastRequest = now }
        requests = sight.requests
        if !sight.isListening || sight.received != received {
            lastHeard = now
            probedAt = nil
        }
        received = sight.received
        // The first in this order is told where several are passed at once.
        if let excess = Excess.allCases.first(where: { isPassed(deadline($0), at: now) }) {
            return .end(excess)
        }
        guard probedAt == nil, isPassed(after(limits.keepalive, lastHeard), at: now) else {
            return nil
        }
        probedAt = now
        return .probe
    }

    /// Milliseconds until there may be something to do although nothing happens; nil for never.
    package func patience(at now: MonotonicTime) -> Int64? {
        var deadlines = Excess.allCases.compactMap { deadline($0) }
        if probedAt == nil, let probe = after(limits.keepalive, lastHeard) {
            deadlines.append(probe)
        }
        return deadlines.min().map { max(0, $0.since(now)) }
    }

    private func deadline(_ excess: Excess) -> MonotonicTime? {
        switch excess {
        case .unused: unusedSince.flatMap { after(limits.unused, $0) }
        case .idle: after(limits.idle, lastRequest)
        case .total: after(limits.total, start)
        // From the question on, which may have been late: nobody is gone who was not asked.
        case .silent: probedAt.flatMap { after(answerTime, $0) }
        }
    }

    /// How long a question may stay unanswered.
    private var answerTime: Int64? {
        limits.silence.map { max(1, $0 - (limits.keepalive ?? 0)) }
    }

    private func after(_ span: Int64?, _ moment: MonotonicTime) -> MonotonicTime? {
        span.map { moment.advanced(by: $0) }
    }

    private func isPassed(_ deadline: MonotonicTime?, at now: MonotonicTime) -> Bool {
        deadline.map { now >= $0 } ?? false
    }
}
