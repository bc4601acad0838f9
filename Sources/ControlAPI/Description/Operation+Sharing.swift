import Gatekeeper
import SubuserStore

/// Other people's access: subusers, invitations, delegations.
extension Operation {
    static let listSubusers = Operation(
        .get,
        "listSubusers",
        "Lists with whom a server is shared, and who is invited.",
        answers: .ok([
            "subusers": .list(of: .reference(.subuser)),
            "invitations": .list(of: .reference(.invitation)),
        ]),
        errors: ControlError.ofStore + [.missing(.server)]
    )

    static let addSubuser = Operation(
        .post,
        "addSubuser",
        "Lets a user work on a server, or invites an address where the host does so.",
        parameters: [.idempotencyKey],
        body: .json(.request(required: ["user": .userReference, "permissions": .selection])),
        answers: .member(201),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .taken(.subuser), .taken(.invitation),
            .administration(.store(.ownerAsSubuser)), .administration(.unknownPermissions([])),
        ]
    )

    static let showSubuser = Operation(
        .get,
        "showSubuser",
        "Shows a subuser or an invitation.",
        answers: Success(
            200,
            .either(
                .answer(["subuser": .reference(.subuser)]),
                .answer(["invitation": .reference(.invitation)])
            )
        ),
        errors: ControlError.ofStore + [.missing(.server), .missing(.user), .missing(.subuser)]
    )

    static let putSubuser = Operation(
        .put,
        "putSubuser",
        "Lets a user work on a server with exactly these permissions, whatever they held before.",
        body: permissions,
        answers: .member(200),
        .member(201),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .missing(.subuser), .missing(.invitation),
            .taken(.subuser), .taken(.invitation), .administration(.store(.ownerAsSubuser)),
            .administration(.unknownPermissions([])),
        ]
    )

    static let changeSubuser = Operation(
        .patch,
        "changeSubuser",
        "Replaces the permissions of a subuser or an invitation.",
        body: permissions,
        answers: .member(200),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .missing(.subuser), .missing(.invitation),
            .administration(.unknownPermissions([])),
        ]
    )

    static let removeSubuser = Operation(
        .delete,
        "removeSubuser",
        "Takes a subuser's access away, or an invitation back.",
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [
            .missing(.server), .missing(.user), .missing(.subuser), .missing(.invitation),
        ]
    )

    static let listDelegations = Operation(
        .get,
        "listDelegations",
        "Lists who acts on all servers of an owner.",
        parameters: [.actingUser],
        answers: .ok(["delegations": .list(of: .reference(.delegation))]),
        errors: ControlError.ofStore + [.missing(.user), .administration(.notTheirAccount)]
    )

    static let showDelegation = Operation(
        .get,
        "showDelegation",
        "Shows what a user may do on all servers of an owner.",
        parameters: [.actingUser],
        answers: .ok(["delegation": .reference(.delegation)]),
        errors: ControlError.ofStore + [
            .missing(.user), .missing(.delegation), .administration(.notTheirAccount),
        ]
    )

    static let putDelegation = Operation(
        .put,
        "putDelegation",
        "Lets a user act on all servers of an owner, those to come included.",
        parameters: [.actingUser],
        body: permissions,
        answers: .ok(changedDelegation, sometimes: droppedPermissions),
        .created(changedDelegation, sometimes: droppedPermissions),
        errors: ControlError.ofStore + [
            .missing(.user), .administration(.store(.ownDelegation)),
            .administration(.unknownPermissions([])), .administration(.notTheirAccount),
        ]
    )

    static let removeDelegation = Operation(
        .delete,
        "removeDelegation",
        "Ends a delegation.",
        parameters: [.actingUser],
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [
            .missing(.user), .missing(.delegation), .administration(.notTheirAccount),
        ]
    )

    private static let changedDelegation: [String: Schema] = [
        "delegation": .reference(.delegation), "revocation": .reference(.revocation),
    ]

    private static let droppedPermissions: [String: Schema] = [
        "droppedPermissions": .list(of: .text)
    ]

    private static let permissions = Content.json(.request(required: ["permissions": .selection]))
}

extension Operation.Success {
    /// A subuser or an invitation, after a change.
    fileprivate static func member(_ status: Int) -> Operation.Success {
        let dropped = ["droppedPermissions": Schema.list(of: .text)]
        let revocation = Schema.reference(.revocation)
        return Operation.Success(
            status,
            .either(
                .answer(
                    ["subuser": .reference(.subuser), "revocation": revocation],
                    sometimes: dropped
                ),
                .answer(
                    ["invitation": .reference(.invitation), "revocation": revocation],
                    sometimes: dropped
                )
            )
        )
    }
}
