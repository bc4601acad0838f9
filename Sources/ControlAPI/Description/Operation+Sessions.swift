import Gatekeeper
import SubuserStore

/// Who is connected, and what happened.
extension Operation {
    static let listSessions = Operation(
        .get,
        "listSessions",
        "Lists every connection, the oldest first.",
        answers: .ok(["sessions": .list(of: .reference(.session))])
    )

    static let endSession = Operation(
        .delete,
        "endSession",
        "Ends a session.",
        answers: .ok(["revocation": .reference(.revocation)]),
        errors: [.administration(.noSuchSession)]
    )

    static let listActivity = Operation(
        .get,
        "listActivity",
        "Answers what happened, the newest first or, with `after`, the oldest; `next` leads to the "
            + "next page, `latest` to what will happen.",
        parameters: [
            .query(
                "server",
                .serverReference,
                "Only what concerns this server, or all servers of its owner."
            ),
            .query(
                "user",
                .userReference,
                "Only what this user did, what was done to them, and what concerns all servers of "
                    + "theirs."
            ),
            .query(
                "actor",
                .text.described("A user's uuid, name or email address, or `uid 0`."),
                "Only changes that were made by this user, or in nobody's name by processes of this "
                    + "user of the host."
            ),
            .query("event", .eventPattern.orEmpty, "Only events of this name or beginning."),
            .query("since", .moment.orEmpty, "Only what happened then or later."),
            .query("until", .moment.orEmpty, "Only what happened before."),
            .query(
                "limit",
                .number(from: 1, to: Int64(ActivityQuery.maximumLimit)).orEmpty.standard(100),
                "At most so many entries."
            ),
            .query("before", .number(from: 1).orEmpty, "Only entries with a lower id."),
            .query(
                "after",
                .number(from: 0).orEmpty,
                "Whatever was recorded or has grown since this position; not together with `before`."
            ),
        ],
        answers: .ok([
            "activity": .list(of: .reference(.activity)),
            "next": .number(from: 0).orNull,
            "latest": .number(from: 0),
        ]),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .invalidField("limit"), .invalidField("before"),
            .invalidField("after"), .invalidField("event"), .invalidField("since"),
            .invalidField("until"),
        ]
    )
}
