import Gatekeeper
import SubuserStore

/// How callers see a revocation.
extension RevocationJob {
    /// Everything, with each session.
    var members: [String: JSONValue] {
        var members = summary
        members["sessions"] = .list((outcome?.sessions ?? []).map(\.members))
        return members
    }

    /// Everything, as whoever asked for it is answered.
    var answer: [String: JSONValue] {
        var members = members
        members["repeated"] = .flag(isRepeated)
        return members
    }

    /// Everything but the sessions.
    var summary: [String: JSONValue] {
        [
            "job": .text("\(id)"),
            "number": number.map { .number($0) } ?? .null,
            "state": .text(outcome == nil ? State.running.rawValue : State.done.rawValue),
            "selector": .object(selector),
            "reason": reason.map { .text($0) } ?? .null,
            "actor": .text(actor),
            "createdAt": JSONValue(createdAt),
            "endedAt": endedAt.map { JSONValue($0) } ?? .null,
            "resumed": .flag(isResumed),
            "revocation": outcome?.counts ?? .null,
            "requestsCut": .number(Int64(clamping: outcome?.requestsCut ?? 0)),
            "bytesWritten": .number(Int64(clamping: outcome?.bytesWritten ?? 0)),
            "bytesRead": .number(Int64(clamping: outcome?.bytesRead ?? 0)),
        ]
    }

    /// How far it is.
    enum State: String, CaseIterable {
        case running
        case done
    }
}
