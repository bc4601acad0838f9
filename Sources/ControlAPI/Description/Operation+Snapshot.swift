import Gatekeeper
import PasswordHashing
import SubuserStore

/// The whole store as one document.
extension Operation {
    static let exportSnapshot = Operation(
        .get,
        "exportSnapshot",
        "Answers everything that decides about access, one object a line.",
        answers: Success(200, content: .lines(of: .reference(.snapshotLine))),
        errors: ControlError.ofStore
    )

    static let importSnapshot = Operation(
        .put,
        "importSnapshot",
        "Makes the store equal to a document, all of it or nothing. What the store has and the "
            + "document has not is removed.",
        parameters: [
            .query("dryRun", .flag.orEmpty, "Whether only to tell what would change.")
        ],
        body: .lines(of: .reference(.snapshotLine)),
        answers: .ok(
            [
                "dryRun": .flag,
                "changes": .answer([
                    "users": .reference(.snapshotChanges), "keys": .reference(.snapshotChanges),
                    "servers": .reference(.snapshotChanges),
                    "subusers": .reference(.snapshotChanges),
                    "delegations": .reference(.snapshotChanges),
                ]),
                "withdrawnInvitations": .count,
                "touchedSessions": .count,
                "sessions": .list(of: .reference(.snapshotEnding)),
                "unusableDirectories": .count,
                "warnings": .list(of: .text),
                "revocation": .reference(.revocation),
            ],
            sometimes: ["droppedPermissions": .list(of: .text)]
        ),
        errors: ControlError.ofStore + [
            .snapshotLine(number: 1, reason: ""), .invalidField("dryRun"),
            .administration(.unknownPermissions([])), .administration(.password(.malformed)),
        ]
    )
}
