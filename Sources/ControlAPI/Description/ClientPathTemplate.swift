import Gatekeeper
import SubuserStore

/// The path of each resource of the panel-shaped part, as the document has it.
enum ClientPathTemplate: String, PathFamily {
    case subusers = "/api/client/servers/{server}/users"
    case subuser = "/api/client/servers/{server}/users/{user}"
    case activity = "/api/client/servers/{server}/activity"
    case permissions = "/api/client/permissions"
    case deauthorization = "/api/deauthorize-user"

    var operations: [Operation] {
        switch self {
        case .subusers: [.listPanelSubusers, .addPanelSubuser]
        case .subuser:
            [
                .showPanelSubuser, .changePanelSubuser(.post, "postPanelSubuser"),
                .changePanelSubuser(.patch, "changePanelSubuser"), .removePanelSubuser,
            ]
        case .activity: [.listPanelActivity]
        case .permissions: [.showPanelPermissions]
        case .deauthorization: [.deauthorize]
        }
    }

    var tag: PathTag { .panel }
}

extension ClientPathTemplate {
    static func errorSchema(status: Int, codes: [String]) -> Schema {
        .answer([
            "errors": .list(
                of: .answer(
                    [
                        "code": .one(of: codes), "status": .only(.text("\(status)")),
                        "detail": .text.described("For people; may change."),
                    ],
                    sometimes: [
                        "meta": .answer(["source_field": .text, "rule": .text])
                    ]
                )
            )
        ])
    }

    func commonFailures(of operation: Operation) -> [Operation.Failure] {
        var errors: [ClientError] = [
            .malformedRequest, .malformedJSON, .bodyTooLarge, .invalid([]), .unexpected,
            .storeLocked,
        ]
        if operation.takes(.actingUser) { errors.append(.unauthenticated) }
        if !names.isEmpty { errors.append(.notFound) }
        return errors.map { Operation.Failure($0) }
    }
}

extension ClientResource {
    /// The path that it was read from.
    var template: ClientPathTemplate {
        switch self {
        case .subusers: .subusers
        case .subuser: .subuser
        case .activity: .activity
        case .permissions: .permissions
        case .deauthorization: .deauthorization
        }
    }
}
