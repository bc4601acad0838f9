import Gatekeeper
import PasswordHashing
import SubuserStore

/// Users and their keys.
extension Operation {
    static let listUsers = Operation(
        .get,
        "listUsers",
        "Lists the users, ordered by name.",
        answers: .ok(["users": .list(of: .reference(.user))]),
        errors: ControlError.ofStore
    )

    static let createUser = Operation(
        .post,
        "createUser",
        "Makes a user; invitations of their address become assignments.",
        parameters: [.idempotencyKey],
        body: .json(
            .request(
                required: names,
                optional: account.merging(["uuid": .uuid]) { first, _ in first }
            )
            .excludingTogether(["password", "passwordHash"])
        ),
        answers: .created(changedUser, sometimes: fulfilledInvitations),
        errors: ControlError.ofStore + [
            .invalidField("uuid"), .invalid(.userName), .invalid(.email),
            .invalidField("sign_in"), .administration(.password(.malformed)), .taken(.userID),
            .taken(.userName), .taken(.email),
        ]
    )

    static let showUser = Operation(
        .get,
        "showUser",
        "Shows a user.",
        answers: .ok(["user": .reference(.user)]),
        errors: ControlError.ofStore + [.missing(.user)]
    )

    static let putUser = Operation(
        .put,
        "putUser",
        "Makes a user with this uuid, or gives the one there is what is said; what is left out stays "
            + "as it is. `\"password\": null` or `\"passwordHash\": null` takes the password away, "
            + "`\"signIn\": null` the policy.",
        parameters: [.path(.user, .uuid, "The user's uuid.")],
        body: .json(
            .request(required: names, optional: account)
                .excludingTogether(["password", "passwordHash"])
        ),
        answers: .ok(changedUser, sometimes: fulfilledInvitations),
        .created(changedUser, sometimes: fulfilledInvitations),
        errors: ControlError.ofStore + [
            .invalidField("uuid"), .invalid(.userName), .invalid(.email),
            .invalidField("sign_in"), .administration(.password(.malformed)), .taken(.userName),
            .taken(.email),
        ]
    )

    static let changeUser = Operation(
        .patch,
        "changeUser",
        "Changes what is given about a user; invitations of a new address become assignments. "
            + "`\"password\": null` takes the password away, `\"signIn\": null` the policy.",
        body: .json(
            .request(optional: account.merging(names) { first, _ in first })
                .excludingTogether(["password", "passwordHash"])
        ),
        answers: .ok(changedUser, sometimes: fulfilledInvitations),
        errors: ControlError.ofStore + [
            .invalid(.userName), .invalid(.email), .invalidField("sign_in"),
            .administration(.password(.malformed)), .missing(.user), .taken(.userName),
            .taken(.email),
        ]
    )

    static let deleteUser = Operation(
        .delete,
        "deleteUser",
        "Deletes a user who owns no server, with their keys and assignments.",
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [
            .missing(.user), .administration(.store(.ownsServers(count: 1))),
        ]
    )

    static let showAccess = Operation(
        .get,
        "showAccess",
        "Shows on which servers a user may do what, and for whose accounts they act.",
        parameters: [.actingUser],
        answers: .ok([
            "servers": .list(of: .reference(.standing)),
            "accounts": .list(of: .reference(.delegation)),
        ]),
        errors: ControlError.ofStore + [.missing(.user), .administration(.notTheirAccount)]
    )

    static let listKeys = Operation(
        .get,
        "listKeys",
        "Lists the keys of a user, the oldest first.",
        answers: .ok(["keys": .list(of: .reference(.key))]),
        errors: ControlError.ofStore + [.missing(.user)]
    )

    static let addKey = Operation(
        .post,
        "addKey",
        "Lets a user sign in with a key; without a name it is called by its comment.",
        parameters: [.idempotencyKey],
        body: key,
        answers: .created(changedKey),
        errors: ControlError.ofStore + [
            .invalid(.publicKey(.notAKey)), .invalid(.displayName), .missing(.user), .taken(.key),
        ]
    )

    static let putKey = Operation(
        .put,
        "putKey",
        "Lets a user sign in with a key, or gives the one they have another name.",
        body: key,
        answers: .ok(changedKey),
        .created(changedKey),
        errors: ControlError.ofStore + [
            .invalid(.publicKey(.notAKey)), .invalid(.displayName), .missing(.user),
        ]
    )

    static let removeKey = Operation(
        .delete,
        "removeKey",
        "Removes a key and ends the sessions that signed in with it.",
        answers: .ok(["deleted": .answeredFingerprint, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [.missing(.user), .missing(.key)]
    )

    private static let names: [String: Schema] = ["username": .userName, "email": .email]

    /// What may be said about a user besides.
    private static let account: [String: Schema] = [
        "password": .password, "passwordHash": .passwordHash, "administrator": .flag,
        "twoFactor": .flag, "disabled": .flag, "signIn": .signIn,
    ]

    private static let changedUser: [String: Schema] = [
        "user": .reference(.user), "revocation": .reference(.revocation),
    ]

    private static let fulfilledInvitations: [String: Schema] = [
        "fulfilledInvitations": .list(of: .reference(.fulfilledInvitation))
    ]

    private static let key = Content.json(
        .request(required: ["publicKey": .publicKey], optional: ["name": .displayName])
    )

    private static let changedKey: [String: Schema] = [
        "key": .reference(.key), "revocation": .reference(.revocation),
    ]
}
