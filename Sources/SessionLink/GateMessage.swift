package import AccessControl
package import WireFormat

/// What the gate tells a session process.
package enum GateMessage: Equatable, Sendable {
    /// Get ready. Carries the descriptor of the volumes directory.
    case prepare(SessionPreparation)
    /// Serve this client. Carries its connected socket.
    case serve(SessionID, peer: String)
    /// The answer to an attempt. A grant carries the descriptor of the server's root.
    case answer(attempt: UInt32, SignInAnswer)
    /// From the next request on the person may do this; sent only after a grant.
    case rights(FileRights)
    /// End now; the client may be told `reason`.
    case goodbye(reason: String)
}

extension GateMessage {
    private enum Kind: UInt8 { case prepare = 1, serve, answer, goodbye, rights }

    /// The message as one packet of the link.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: 256)
        switch self {
        case .prepare(let preparation):
            writer.byte(Kind.prepare.rawValue)
            preparation.encode(into: &writer)
        case .serve(let session, let peer):
            writer.byte(Kind.serve.rawValue)
            writer.uint64(session.rawValue)
            writer.text(peer)
        case .answer(let attempt, let answer):
            writer.byte(Kind.answer.rawValue)
            writer.uint32(attempt)
            answer.encode(into: &writer)
        case .rights(let rights):
            writer.byte(Kind.rights.rawValue)
            rights.encode(into: &writer)
        case .goodbye(let reason):
            writer.byte(Kind.goodbye.rawValue)
            writer.text(reason)
        }
        return writer.bytes
    }

    /// Reads one packet of the link; anything left over is an error.
    package init(decoding bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(bytes.span)
        switch Kind(rawValue: try reader.byte("kind")) {
        case .prepare: self = .prepare(try SessionPreparation(from: &reader))
        case .serve:
            let session = SessionID(rawValue: try reader.uint64("session"))
            self = .serve(session, peer: try reader.text("peer", limit: LinkLimits.textLength))
        case .answer:
            let attempt = try reader.uint32("attempt")
            self = .answer(attempt: attempt, try SignInAnswer(from: &reader))
        case .rights: self = .rights(try FileRights(from: &reader))
        case .goodbye:
            self = .goodbye(reason: try reader.text("reason", limit: LinkLimits.textLength))
        case nil: throw .invalid(field: "kind")
        }
        try reader.finish()
    }
}
