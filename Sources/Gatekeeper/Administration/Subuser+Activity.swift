import AccessControl
import SubuserStore

extension Subuser {
    /// The sessions that rest on this assignment.
    var sessions: RevocationSelector {
        .userOnServer(user: "\(userID)", server: "\(serverID)")
    }

    /// What is recorded when it is made.
    func creation(revoked: RevocationOutcome) -> ActivityEntry {
        entry(
            .addSubuser,
            [
                "email": .text("\(email)"), "permissions": .texts(permissions.names),
                "revoked": revoked.counts,
            ]
        )
    }

    /// What is recorded when it ends.
    func removal(revoked: RevocationOutcome) -> ActivityEntry {
        entry(
            .removeSubuser,
            ["email": .text("\(email)"), "revoked": revoked.counts]
        )
    }

    func entry(_ event: ActivityEvent, _ properties: [String: JSONValue]) -> ActivityEntry {
        ActivityEntry(
            event,
            userID: userID,
            userName: "\(userName)",
            serverID: serverID,
            properties: properties
        )
    }
}
