import Gatekeeper
import SubuserStore

/// What is answered about revocations.
extension RecordSchema {
    /// The members of a revocation, but for its sessions.
    static var revocationJobMembers: [String: Schema] {
        [
            "job": .jobID,
            "number": .number(from: 1).orNull.described(
                "Its place among all; later ones have more. Null for one that could not be recorded."
            ),
            "state": .one(of: RevocationJob.State.allCases.map(\.rawValue)),
            "selector": selectorSchema,
            "reason": .displayName.orNull,
            "actor": .text.described("Who asked."),
            "createdAt": .time,
            "endedAt": .time.orNull,
            "resumed": .flag.described("Whether a later gate finished what another had begun."),
            "revocation": .reference(.revocation).orNull.described("Null while it runs."),
            "requestsCut": .count.described(
                "Requests that had arrived and were not answered, of all sessions together."
            ),
            "bytesWritten": .count.described("Content of files, of all sessions together."),
            "bytesRead": .count.described("Content of files, of all sessions together."),
        ]
    }

    /// The same with each session.
    static var fullRevocationJobMembers: [String: Schema] {
        var members = revocationJobMembers
        members["sessions"] = .list(of: .reference(.endedSession))
        return members
    }

    /// The same as whoever asked for it is answered.
    static var answeredRevocationJobMembers: [String: Schema] {
        var members = fullRevocationJobMembers
        members["repeated"] = .flag.described("Whether it was done before under the same id.")
        return members
    }

    static var endedSessionSchema: Schema {
        .answer([
            "id": .sessionID,
            "user": .answeredUUID.orNull,
            "username": .userName.orNull,
            "server": .answeredUUID.orNull,
            "serverShortId": .shortID.orNull,
            "ended": .one(of: EndedSession.Manner.allCases.map(\.rawValue)),
            "requestsCut": .count,
            "bytesWritten": .count,
            "bytesRead": .count,
        ])
    }

    private static var selectorSchema: Schema {
        .answer(
            [:],
            sometimes: [
                "user": .answeredUUID, "server": .answeredUUID,
                "servers": .list(of: .answeredUUID), "session": .sessionID,
                "key": .answeredFingerprint, "all": .only(true),
            ]
        )
    }
}
