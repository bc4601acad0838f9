import Gatekeeper
import SubuserStore

/// Ending sessions, and what came of it.
extension Operation {
    static let revoke = Operation(
        .post,
        "revoke",
        "Ends the sessions that a selector means: a user, a server, a user on servers, a session, "
            + "a key, or all; or those of up to \(Administration.revocationLimit) such jobs. It is "
            + "recorded before anything is done, and the same job again is answered as it was.",
        parameters: [.idempotencyKey],
        body: .json(
            .request(
                optional: Schema.revocationFields.merging(
                    ["jobs": .revocations]
                ) { first, _ in first }
            )
            .matchingAny(
                of: Schema.revocationAlternatives + [
                    .giving(
                        "jobs",
                        .revocations,
                        without: Schema.revocationFields.keys.sorted()
                    )
                ]
            )
        ),
        answers: Success(
            200,
            .either(
                .answer(RecordSchema.answeredRevocationJobMembers),
                .answer(["jobs": .list(of: .answer(RecordSchema.answeredRevocationJobMembers))])
            )
        ),
        errors: ControlError.ofStore + [
            .noSelector, .selectorsDisagree, .invalidField("key"), .invalidField("reason"),
            .invalidField("job"), .invalidField("servers"), .missingField("user"),
            .missing(.user), .missing(.server), .administration(.noSuchSession),
            .administration(.jobReused),
        ]
    )

    static let listRevocations = Operation(
        .get,
        "listRevocations",
        "Lists revocations, the newest first; `next` leads to the next page.",
        parameters: [
            .query(
                "limit",
                .number(from: 1, to: Int64(ActivityQuery.maximumLimit)).orEmpty.standard(100),
                "At most so many."
            ),
            .query("before", .number(from: 1).orEmpty, "Only those with a lower number."),
        ],
        answers: .ok([
            "revocations": .list(of: .reference(.revocationJob)),
            "next": .number(from: 1).orNull,
        ]),
        errors: ControlError.ofStore + [.invalidField("limit"), .invalidField("before")]
    )

    static let showRevocation = Operation(
        .get,
        "showRevocation",
        "Shows a revocation with each session that it ended.",
        answers: .ok(RecordSchema.fullRevocationJobMembers),
        errors: ControlError.ofStore + [.administration(.noSuchRevocation)]
    )
}

extension Schema {
    /// What one revocation may say.
    fileprivate static let revocationFields: [String: Schema] = [
        "user": .userReference, "server": .serverReference,
        "servers": list(of: .serverReference).nonempty.described("Together with `user`."),
        "session": .sessionID, "key": .fingerprint, "all": .flag, "reason": .reason,
        "job": .jobID.described("By what the caller recognises it; made up where none is given."),
    ]

    /// Which of them go together.
    fileprivate static let revocationAlternatives: [Schema] = [
        .giving("user", .text, without: ["servers", "session", "key", "all", "jobs"]),
        .giving(
            ["user": .text, "servers": list(of: .text)],
            without: ["server", "session", "key", "all", "jobs"]
        ),
        .giving("server", .text, without: ["session", "key", "all", "servers", "jobs"]),
        .giving("session", .text, without: ["user", "server", "servers", "key", "all", "jobs"]),
        .giving("key", .text, without: ["user", "server", "servers", "session", "all", "jobs"]),
        .giving(
            "all",
            .only(true),
            without: ["user", "server", "servers", "session", "key", "jobs"]
        ),
    ]

    /// Several revocations.
    fileprivate static let revocations = list(
        of: request(optional: revocationFields).matchingAny(of: revocationAlternatives)
    )
    .nonempty.atMost(Administration.revocationLimit)

    fileprivate static let reason = displayName.described(
        "Shown to the clients that are cut off. No control characters, and not only blanks."
    )
}
