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
            .concernedServer,
            .concernedUser,
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

    static let followEvents = Operation(
        .get,
        "followEvents",
        "Tells what happens as it happens, until the caller hangs up: sign-ins, ends, denials and "
            + "revocations, or the events asked for. The id of each is the position after which "
            + "to go on.",
        parameters: [
            .concernedServer,
            .concernedUser,
            .query("event", .eventPattern.orEmpty, "Every event of this name or beginning."),
            .query(
                "after",
                .number(from: 0).orEmpty,
                "Begins with whatever was recorded or has grown since this position, and not now."
            ),
            .lastEventID,
        ],
        answers: Success(
            200,
            content: .events(holding: .reference(.activity)),
            headers: [.cacheControl]
        ),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .invalidField("event"), .invalidField("after"),
            .invalidField("last_event_id"), .unknownPosition(0, latest: 0),
            .tooManyStreams(limit: 0),
        ]
    )
}
