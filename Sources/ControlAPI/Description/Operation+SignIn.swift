import Gatekeeper
import SubuserStore

/// Second factors and app passwords.
extension Operation {
    static let showSecondFactor = Operation(
        .get,
        "showSecondFactor",
        "Shows a user's second factor; `null` for none.",
        answers: .ok(["secondFactor": .reference(.secondFactor).orNull]),
        errors: ControlError.ofStore + [.missing(.user)]
    )

    static let enrol = Operation(
        .post,
        "enrol",
        "Gives a user a second factor, with a new secret or one that a panel has. It counts once a "
            + "code of it was shown, or at once where the panel has seen one. One that counts is "
            + "replaced only when asked, and then counts on until a code of the new one was shown.",
        body: .json(
            .request(optional: [
                "secret": .givenSecret,
                "confirmed": .flag.described("With `secret`: whether it counts at once."),
                "replace": .flag.described("Whether one that counts may be replaced."),
            ])
            .matchingAny(of: [
                .giving("secret", .text, without: []),
                .giving([:], without: ["confirmed"]),
            ])
        ),
        answers: .ok(enrolment),
        .created(enrolment),
        errors: ControlError.ofStore + [
            .missing(.user), .taken(.secondFactor), .invalidField("secret"),
            .missingField("secret"),
        ]
    )

    static let confirmSecondFactor = Operation(
        .post,
        "confirmSecondFactor",
        "Lets a second factor count, with a code of it; answers the recovery codes, this once.",
        body: .json(.request(required: ["code": .code])),
        answers: .ok(recoverySet),
        errors: ControlError.ofStore + [
            .missing(.user), .missing(.secondFactor), .taken(.secondFactor),
            .administration(.wrongCode),
        ]
    )

    static let removeSecondFactor = Operation(
        .delete,
        "removeSecondFactor",
        "Takes a user's second factor away, with its recovery codes.",
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [.missing(.user), .missing(.secondFactor)]
    )

    static let renewRecoveryCodes = Operation(
        .post,
        "renewRecoveryCodes",
        "Makes new recovery codes in the place of those there are, and answers them, this once.",
        answers: .created(recoverySet),
        errors: ControlError.ofStore + [
            .missing(.user), .missing(.secondFactor),
            .administration(.store(.secondFactorUnconfirmed)),
        ]
    )

    static let listAppPasswords = Operation(
        .get,
        "listAppPasswords",
        "Lists a user's app passwords, the oldest first.",
        answers: .ok(["appPasswords": .list(of: .reference(.appPassword))]),
        errors: ControlError.ofStore + [.missing(.user)]
    )

    static let addAppPassword = Operation(
        .post,
        "addAppPassword",
        "Makes a password for one program of a user, and answers it, this once.",
        body: .json(
            .request(
                required: ["name": .displayName],
                optional: [
                    "server": .serverReference.described(
                        "The one server that it lets in to; else all of the user's."
                    )
                ]
            )
        ),
        answers: .created([
            "appPassword": .reference(.appPassword), "password": .appPassword,
            "revocation": .reference(.revocation),
        ]),
        errors: ControlError.ofStore + [
            .missing(.user), .missing(.server), .invalid(.displayName), .taken(.appPassword),
            .administration(.store(.tooManyAppPasswords)),
        ]
    )

    static let removeAppPassword = Operation(
        .delete,
        "removeAppPassword",
        "Removes an app password and ends the sessions that signed in with it.",
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [.missing(.user), .missing(.appPassword)]
    )

    private static let enrolment: [String: Schema] = [
        "secondFactor": .reference(.secondFactor), "secret": .secret, "uri": .provisioningURI,
        "revocation": .reference(.revocation),
    ]

    private static let recoverySet: [String: Schema] = [
        "secondFactor": .reference(.secondFactor), "recoveryCodes": .list(of: .recoveryCode),
        "revocation": .reference(.revocation),
    ]
}

extension RecordSchema {
    static var secondFactorSchema: Schema {
        .answer([
            "confirmed": .flag.described("Whether it counts."),
            "pending": .flag.described("Whether a secret waits for its first code."),
            "recoveryCodesLeft": .count,
            "createdAt": .time,
        ])
    }

    static var appPasswordSchema: Schema {
        .answer([
            "uuid": .answeredUUID, "name": .displayName, "server": .answeredUUID.orNull,
            "createdAt": .time,
        ])
    }
}
