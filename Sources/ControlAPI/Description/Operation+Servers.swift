import Gatekeeper
import LinuxSystem
import SubuserStore

/// Servers.
extension Operation {
    static let listServers = Operation(
        .get,
        "listServers",
        "Lists the servers, ordered by name.",
        answers: .ok(["servers": .list(of: .reference(.server))]),
        errors: ControlError.ofStore
    )

    static let createServer = Operation(
        .post,
        "createServer",
        "Makes a server of a directory that is there below the volumes directory.",
        parameters: [.idempotencyKey],
        body: .json(
            .request(
                required: server,
                optional: [
                    "uuid": .uuid, "state": .serverState.standard("normal"), "signIn": .signIn,
                ]
            )
        ),
        answers: .created(changedServer),
        errors: ControlError.ofStore + changes + [
            .invalidField("uuid"), .taken(.serverID), .taken(.shortID),
        ]
    )

    static let showServer = Operation(
        .get,
        "showServer",
        "Shows a server.",
        answers: .ok(["server": .reference(.server)]),
        errors: ControlError.ofStore + [.missing(.server)]
    )

    static let putServer = Operation(
        .put,
        "putServer",
        "Makes a server with this uuid, or gives the one there is what is said; what is left out "
            + "stays as it is. `\"signIn\": null` takes the policy away.",
        parameters: [.path(.server, .uuid, "The server's uuid.")],
        body: .json(.request(required: server, optional: rules)),
        answers: .ok(changedServer),
        .created(changedServer),
        errors: ControlError.ofStore + changes + [.invalidField("uuid"), .taken(.shortID)]
    )

    static let changeServer = Operation(
        .patch,
        "changeServer",
        "Changes what is given about a server; `\"signIn\": null` takes the policy away.",
        body: .json(.request(optional: server.merging(rules) { first, _ in first })),
        answers: .ok(changedServer),
        errors: ControlError.ofStore + changes + [.missing(.server)]
    )

    static let deleteServer = Operation(
        .delete,
        "deleteServer",
        "Forgets a server and ends its sessions; its files stay.",
        answers: .ok(["deleted": .answeredUUID, "revocation": .reference(.revocation)]),
        errors: ControlError.ofStore + [.missing(.server)]
    )

    private static let server: [String: Schema] = [
        "name": .displayName, "owner": .userReference, "directory": .directory,
    ]

    /// Who may be there.
    private static let rules: [String: Schema] = ["state": .serverState, "signIn": .signIn]

    private static let changedServer: [String: Schema] = [
        "server": .reference(.server), "revocation": .reference(.revocation),
    ]

    /// What may be wrong with what somebody says about a server.
    private static let changes: [ControlError] = [
        .invalid(.displayName), .invalid(.directory), .invalid(.serverState),
        .invalidField("sign_in"), .missing(.user), .taken(.directory),
        .administration(.volumes(path: "", unusableVolumes)),
    ]

    private static let unusableVolumes = SystemError(.noSuchFile, in: "open")
}
