package import LinuxSystem

/// What a client may still do before it has signed in.
///
/// libssh has no limits of its own: without these, one connection could guess without end, or
/// fill hundreds of mebibytes of memory, before anybody knows who it is.
package struct SignInBudget: Equatable, Sendable {
    /// The bounds, all counted from the first byte of a connection.
    package struct Limits: Equatable, Sendable {
        /// Milliseconds until a sign-in must be complete.
        package var grace: Int64
        /// Milliseconds from a proof that is right and not enough to the next one.
        package var furtherGrace: Int64
        /// Failed attempts; keys that are merely offered have a budget of four for each.
        package var attempts: Int
        package var packets: UInt64
        package var bytes: UInt64

        package init(
            grace: Int64,
            furtherGrace: Int64 = 120_000,
            attempts: Int,
            packets: UInt64,
            bytes: UInt64
        ) {
            self.grace = grace
            self.furtherGrace = furtherGrace
            self.attempts = attempts
            self.packets = packets
            self.bytes = bytes
        }
    }

    /// Which bound was passed.
    package enum Excess: Equatable, Sendable {
        case grace
        case attempts
        case traffic
        /// Packets that libssh drops without an answer: the client would wait for ever.
        case unanswerable
    }

    private let limits: Limits
    private var deadline: MonotonicTime
    private var failures = 0
    private var offers = 0
    private var packetsSeen: UInt64 = 0
    private var packetsSent: UInt64 = 0
    private var answersSeen = 0
    private var silentPackets = 0
    private var silentSince: MonotonicTime?

    /// How long one packet may stay unanswered.
    private static let silence: Int64 = 5000
    private static let offersPerAttempt = 4

    package init(limits: Limits, start: MonotonicTime) {
        self.limits = limits
        deadline = start.advanced(by: limits.grace)
    }

    /// Whether no further attempt may even be looked at.
    package var isExhausted: Bool {
        failures >= limits.attempts || offers >= limits.attempts * Self.offersPerAttempt
    }

    /// An attempt failed.
    package mutating func recordFailure() {
        failures += 1
    }

    /// Something right was shown that is not enough: time for the rest.
    package mutating func recordProof(now: MonotonicTime) {
        deadline = now.advanced(by: limits.furtherGrace)
    }

    /// A key was offered, whether it would do or not.
    package mutating func recordOffer() {
        offers += 1
    }

    /// Looks at what has come in and gone out; says which bound is passed, if any.
    ///
    /// `answers` counts the callbacks that ran. A packet that caused neither a callback nor an
    /// outgoing packet was dropped by libssh in silence, for instance a bad signature.
    package mutating func check(
        packetsIn: UInt64,
        packetsOut: UInt64,
        bytesIn: UInt64,
        answers: Int,
        isKeyExchangeDone: Bool,
        now: MonotonicTime
    ) -> Excess? {
        if isExhausted { return .attempts }
        if packetsIn > limits.packets || bytesIn > limits.bytes { return .traffic }
        if now >= deadline { return .grace }
        if isKeyExchangeDone {
            if packetsOut > packetsSent || answers > answersSeen {
                silentPackets = 0
                silentSince = nil
            } else if packetsIn > packetsSeen {
                silentPackets += 1
                silentSince = silentSince ?? now
            }
        }
        packetsSeen = packetsIn
        packetsSent = packetsOut
        answersSeen = answers
        if silentPackets > 2 { return .unanswerable }
        if let silentSince, now.since(silentSince) >= Self.silence { return .unanswerable }
        return nil
    }

    /// Milliseconds until `check` must run again even if nothing happens.
    package func patience(now: MonotonicTime) -> Int64 {
        var patience = deadline.since(now)
        if let silentSince {
            patience = min(patience, silentSince.advanced(by: Self.silence).since(now))
        }
        return max(0, patience)
    }
}
