package import AccessControl
package import WireFormat

/// What a session process tells the gate.
///
/// The process faces the network, so the gate takes none of this on trust: each message is
/// accepted only in the phase it belongs to, and none of them names another session.
package enum SessionMessage: Sendable {
    /// Prepared; the fingerprints of the host keys it loaded.
    case ready(hostKeyFingerprints: [String])
    /// It cannot serve; why, for the operator, and which host key is to blame, if one is.
    case unusable(reason: String, hostKey: UInt32?)
    /// The key exchange is done.
    case handshake(HandshakeReport)
    /// A client wants in.
    case attempt(SignInAttempt)
    /// The root is locked in and SFTP begins; what the kernel lacks to confine the process.
    case serving(lacking: ConfinementGaps)
    /// A client did something worth recording.
    case activity(FileActivity)
    /// The client broke SFTP on a channel, which was closed; how, for the log.
    case violation(detail: String)
    /// The last message: why it ends.
    case farewell(SessionEnd, detail: String)
}

extension SessionMessage {
    private enum Kind: UInt8 {
        case ready = 1
        case unusable
        case handshake
        case attempt
        case serving
        case activity
        case farewell
        case violation
    }

    /// The message as one packet of the link.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: 256)
        switch self {
        case .ready(let fingerprints):
            writer.byte(Kind.ready.rawValue)
            writer.uint32(UInt32(clamping: fingerprints.count))
            for fingerprint in fingerprints { writer.text(fingerprint) }
        case .unusable(let reason, let hostKey):
            writer.byte(Kind.unusable.rawValue)
            writer.text(reason)
            writer.boolean(hostKey != nil)
            writer.uint32(hostKey ?? 0)
        case .handshake(let report):
            writer.byte(Kind.handshake.rawValue)
            report.encode(into: &writer)
        case .attempt(let attempt):
            writer.byte(Kind.attempt.rawValue)
            attempt.encode(into: &writer)
        case .serving(let gaps):
            writer.byte(Kind.serving.rawValue)
            gaps.encode(into: &writer)
        case .activity(let activity):
            writer.byte(Kind.activity.rawValue)
            activity.encode(into: &writer)
        case .violation(let detail):
            writer.byte(Kind.violation.rawValue)
            writer.text(detail)
        case .farewell(let end, let detail):
            writer.byte(Kind.farewell.rawValue)
            writer.byte(end.rawValue)
            writer.text(detail)
        }
        return writer.bytes
    }

    /// Reads one packet of the link; anything left over is an error.
    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes.span)
        switch Kind(rawValue: try reader.byte("kind")) {
        case .ready:
            let count = try reader.uint32("fingerprint count")
            guard count <= LinkLimits.hostKeys else { throw .invalid(field: "fingerprint count") }
            var fingerprints: [String] = []
            for _ in 0..<count {
                fingerprints.append(try reader.text("fingerprint", limit: LinkLimits.textLength))
            }
            self = .ready(hostKeyFingerprints: fingerprints)
        case .unusable:
            let reason = try reader.text("reason", limit: LinkLimits.textLength)
            let isHostKey = try reader.boolean("host key given")
            let hostKey = try reader.uint32("host key")
            self = .unusable(reason: reason, hostKey: isHostKey ? hostKey : nil)
        case .handshake: self = .handshake(try HandshakeReport(from: &reader))
        case .attempt: self = .attempt(try SignInAttempt(from: &reader))
        case .serving: self = .serving(lacking: try ConfinementGaps(from: &reader))
        case .activity: self = .activity(try FileActivity(from: &reader))
        case .violation:
            self = .violation(detail: try reader.text("detail", limit: LinkLimits.textLength))
        case .farewell:
            guard let end = SessionEnd(rawValue: try reader.byte("end")) else {
                throw .invalid(field: "end")
            }
            let detail = try reader.text("detail", limit: LinkLimits.textLength)
            self = .farewell(end, detail: detail)
        case nil: throw .invalid(field: "kind")
        }
        try reader.finish()
    }
}
