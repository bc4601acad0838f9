import Admission
import Gatekeeper
import SubuserStore

/// Who is kept out.
extension Operation {
    static let listBans = Operation(
        .get,
        "listBans",
        "Lists bans by hand, sources that are kept out, and accounts from which strangers are kept.",
        parameters: [
            .query(
                "all",
                .one(of: ["true", "false"]).orEmpty.standard("false"),
                "Also sources and accounts of which it has not come to that yet."
            )
        ],
        answers: .ok([
            "bans": .list(of: .reference(.ban)),
            "sources": .list(of: .reference(.sourcePenalty)),
            "accounts": .list(of: .reference(.accountPenalty)),
        ]),
        errors: ControlError.ofStore + [.invalidField("all")]
    )

    static let setBan = Operation(
        .post,
        "setBan",
        "Bans an address or a range, in place of an earlier ban of the same one, and ends every "
            + "connection from it.",
        parameters: [.idempotencyKey],
        body: .json(
            .request(
                required: ["address": .addressRange],
                optional: [
                    "seconds": .number(from: 1, to: ControlRoutes.longestBan)
                        .described("How long it holds; for ever where it is left out."),
                    "reason": .displayName.described(
                        "Told to the clients that are cut off. No control characters, and not only "
                            + "blanks."
                    ),
                    "everyone": .flag.described(
                        "Needed for ranges that are wider than any one network: IPv4 below /8, "
                            + "IPv6 below /16."
                    ),
                ]
            )
        ),
        answers: .created(setBanMembers),
        .ok(setBanMembers),
        errors: ControlError.ofStore + [
            .invalidField("address"), .invalidField("seconds"), .invalid(.displayName),
            .administration(.ban(.tooManyBans(limit: 0))),
            .administration(.banTooWide(AddressRange(around: .unspecified, length: 0))),
        ]
    )

    static let explainBan = Operation(
        .get,
        "explainBan",
        "Tells whether and why an address may not connect, or who guesses at a user's account.",
        answers: .ok([
            "address": .reference(.addressReport).orNull,
            "account": .reference(.accountReport).orNull,
        ]),
        errors: ControlError.ofStore + [
            .missing(.user), .invalidField("address"),
            .administration(.severalSources(AddressRange(around: .unspecified, length: 0))),
        ]
    )

    static let liftBan = Operation(
        .delete,
        "liftBan",
        "Ends the bans and penalties of an address or of everything in a range, or what is counted "
            + "against a user's account.",
        answers: .ok([
            "bans": .list(of: .addressRange),
            "sources": .list(of: .addressRange),
            "account": .answeredUUID.orNull,
            "stillBannedBy": .addressRange.orNull.described("A ban of a wider range."),
            "revocation": .reference(.revocation),
        ]),
        errors: ControlError.ofStore + [
            .missing(.user), .invalidField("address"),
            .administration(
                .notBanned(AddressRange(around: .unspecified, length: 0), wider: nil)
            ),
        ]
    )

    private static let setBanMembers: [String: Schema] = [
        "ban": .reference(.ban),
        "exempt": .list(of: .addressRange).described(
            "Networks without penalties for which it holds as well."
        ),
        "revocation": .reference(.revocation),
    ]
}

extension Schema {
    /// An address or a range of addresses.
    static let addressRange = text(2...49, pattern: "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$")
        .described("An IPv4 or IPv6 address, or a range of them: `192.0.2.0/24`.")
}

extension RecordSchema {
    static var banSchema: Schema {
        .answer([
            "address": .addressRange, "reason": .displayName.orNull, "since": .time,
            "until": .time.orNull,
        ])
    }

    static var sourcePenaltySchema: Schema {
        .answer([
            "source": .addressRange,
            "keptOut": .flag.described("Whether its connections are refused."),
            "since": .time,
            "until": .time,
            "latest": .one(of: Offence.allCases.map(\.name)),
            "offences": offences,
        ])
    }

    static var accountPenaltySchema: Schema {
        .answer([
            "user": .answeredUUID,
            "username": .userName,
            "keptOut": .flag.described("Whether passwords of strangers are refused."),
            "since": .time,
            "until": .time.orNull.described("Null where they are not."),
            "offences": offences,
            "sources": .list(of: .answer(["source": .addressRange, "until": .time])),
        ])
    }

    static var addressReportSchema: Schema {
        .answer([
            "source": .addressRange.described("What the address counts as."),
            "exempt": .flag.described("Whether it gets no penalties."),
            "refused": .answer(["reason": .text, "detail": .text]).orNull.described(
                "Why a connection would be refused now."
            ),
            "ban": .reference(.ban).orNull,
            "penalty": .reference(.sourcePenalty).orNull,
        ])
    }

    static var accountReportSchema: Schema {
        .answer([
            "user": .answeredUUID,
            "username": .userName,
            "penalty": .reference(.accountPenalty).orNull,
            "knownSources": .list(of: .answer(["source": .addressRange, "lastSignIn": .time]))
                .described("From where they have signed in lately; no guesses shut these out."),
        ])
    }

    private static var offences: Schema {
        .map(to: .number(from: 1, to: 255)).described("How often each was committed; 255 is more.")
    }
}
