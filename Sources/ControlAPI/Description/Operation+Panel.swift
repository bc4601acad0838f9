import AccessControl
import Gatekeeper
import SubuserStore

/// Calls and answers in the form of the panels.
extension Operation {
    static let listPanelSubusers = Operation(
        .get,
        "listPanelSubusers",
        "Lists with whom a server is shared, invitations that are open included.",
        parameters: [.actingUser],
        answers: .panelList(of: .reference(.panelSubuser)),
        panelErrors: refusals
    )

    static let addPanelSubuser = Operation(
        .post,
        "addPanelSubuser",
        "Gives an address access to a server.",
        parameters: [.actingUser, .idempotencyKey],
        body: .json(
            .request(required: ["email": .email, "permissions": .panelSelection])
        ),
        answers: .changedPanelSubuser,
        panelErrors: refusals + gifts + [.ownerAsSubuser, .subuserExists]
    )

    static let showPanelSubuser = Operation(
        .get,
        "showPanelSubuser",
        "Shows a subuser or an invitation.",
        parameters: [.actingUser],
        answers: Success(200, .reference(.panelSubuser)),
        panelErrors: refusals
    )

    /// Panels change by POST, others by PATCH.
    static func changePanelSubuser(_ verb: Verb, _ name: String) -> Operation {
        Operation(
            verb,
            name,
            "Replaces the permissions of a subuser or an invitation.",
            parameters: [.actingUser],
            body: .json(
                .request(
                    required: ["permissions": .panelSelection],
                    optional: ["email": .anything.described("Sent by panels; not looked at.")]
                )
            ),
            answers: .changedPanelSubuser,
            panelErrors: refusals + gifts
        )
    }

    static let removePanelSubuser = Operation(
        .delete,
        "removePanelSubuser",
        "Takes a subuser's access away, or an invitation back.",
        parameters: [.actingUser],
        answers: Success(204, content: nil, headers: [.revoked]),
        panelErrors: [
            .refused(.missing(.activityRead)), .refused(.ownAssignment),
            .refused(.strongerSubuser),
        ]
    )

    static let listPanelActivity = Operation(
        .get,
        "listPanelActivity",
        "Answers what happened on a server, the newest first.",
        parameters: [
            .actingUser,
            .query("event", .eventPattern.orEmpty, "Only events of this name or beginning."),
            .query(
                "limit",
                .number(from: 1, to: Int64(ActivityQuery.maximumLimit)).orEmpty.standard(50),
                "At most so many entries."
            ),
            .query("before", .number(from: 1).orEmpty, "The cursor of the page before."),
        ],
        answers: .panelList(
            of: .reference(.panelActivity),
            meta: ["cursor": .answer(["before": .number(from: 1).orNull])]
        ),
        panelErrors: refusals
    )

    static let showPanelPermissions = Operation(
        .get,
        "showPanelPermissions",
        "Shows the permissions that exist here, and the presets.",
        parameters: [.actingUser],
        answers: Success(200, .reference(.panelPermissions))
    )

    static let deauthorize = Operation(
        .post,
        "deauthorize",
        "Ends a user's sessions on some servers, or on all where none is named; changes no right.",
        body: .json(
            .request(
                required: ["user": .uuid],
                optional: ["servers": .list(of: .uuid)]
            )
        ),
        answers: Success(204, content: nil, headers: [.revoked]),
        panelErrors: [.notFound]
    )

    private static let refusals: [ClientError] = [
        .stateConflict(.normal), .refused(.missing(.activityRead)), .refused(.ownAssignment),
    ]

    /// What may be refused where permissions are given.
    private static let gifts: [ClientError] = [
        .refused(.notHeld([])), .refused(.strongerSubuser),
    ]
}

extension Operation.Success {
    fileprivate static let changedPanelSubuser = Operation.Success(
        200,
        .panel(
            RecordSchema.panelSubuserName,
            RecordSchema.panelMember,
            meta: [
                "dropped": .list(of: .text), "revoked": .reference(.revocation),
            ]
        )
    )

    fileprivate static func panelList(
        of element: Schema,
        meta: [String: Schema]? = nil
    ) -> Operation.Success {
        var members: [String: Schema] = ["object": .only("list"), "data": .list(of: element)]
        if let meta { members["meta"] = .answer(meta) }
        return Operation.Success(200, .answer(members))
    }
}
