import Gatekeeper
import SubuserStore

extension SnapshotReport {
    /// The members of the answer to an import, besides what every change answers.
    var members: [String: JSONValue] {
        [
            "dryRun": .flag(isTrial),
            "changes": .object([
                "users": JSONValue(users), "keys": JSONValue(keys), "servers": JSONValue(servers),
                "subusers": JSONValue(subusers), "delegations": JSONValue(delegations),
            ]),
            "withdrawnInvitations": .number(Int64(withdrawnInvitations)),
            "touchedSessions": .number(Int64(endings.count)),
            "sessions": .list(endings.prefix(SnapshotDraft.listLimit).map { JSONValue($0) }),
            "unusableDirectories": .number(Int64(unusableDirectories)),
            "warnings": .texts(warnings),
        ]
    }
}

extension JSONValue {
    fileprivate init(_ changes: SnapshotReport.Changes) {
        self = .object([
            "added": .number(Int64(changes.addedCount)),
            "changed": .number(Int64(changes.changedCount)),
            "removed": .number(Int64(changes.removedCount)),
            "names": .object([
                "added": .texts(changes.added), "changed": .texts(changes.changed),
                "removed": .texts(changes.removed),
            ]),
        ])
    }

    fileprivate init(_ ending: SnapshotReport.Ending) {
        let session = ending.session
        self = .object([
            "id": .text("\(session.id)"),
            "user": session.userID.map { .text($0) } ?? .null,
            "username": session.userName.map { .text($0) } ?? .null,
            "server": session.serverID.map { .text($0) } ?? .null,
            "reason": .text(ending.reason),
        ])
    }
}
