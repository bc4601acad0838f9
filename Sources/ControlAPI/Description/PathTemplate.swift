import SubuserStore

/// The path of each resource, with its names in braces, as the document has it.
enum PathTemplate: String, PathFamily {
    case health = "/healthz"
    case description = "/openapi.json"
    case users = "/v1/users"
    case user = "/v1/users/{user}"
    case keys = "/v1/users/{user}/keys"
    case key = "/v1/users/{user}/keys/{fingerprint}"
    case secondFactor = "/v1/users/{user}/second-factor"
    case secondFactorConfirmation = "/v1/users/{user}/second-factor/confirmation"
    case recoveryCodes = "/v1/users/{user}/recovery-codes"
    case appPasswords = "/v1/users/{user}/app-passwords"
    case appPassword = "/v1/users/{user}/app-passwords/{appPassword}"
    case delegations = "/v1/users/{owner}/delegations"
    case delegation = "/v1/users/{owner}/delegations/{user}"
    case access = "/v1/users/{user}/access"
    case servers = "/v1/servers"
    case server = "/v1/servers/{server}"
    case subusers = "/v1/servers/{server}/subusers"
    case subuser = "/v1/servers/{server}/subusers/{user}"
    case sessions = "/v1/sessions"
    case session = "/v1/sessions/{session}"
    case revocations = "/v1/revocations"
    case revocation = "/v1/revocations/{job}"
    case activity = "/v1/activity"
    case events = "/v1/events"
    case permissions = "/v1/permissions"
    case snapshot = "/v1/snapshot"
    case lockdown = "/v1/lockdown"
    case bans = "/v1/bans"
    case ban = "/v1/bans/{subject}"

    var operations: [Operation] {
        switch self {
        case .health: [.health]
        case .description: [.description]
        case .users: [.listUsers, .createUser]
        case .user: [.showUser, .putUser, .changeUser, .deleteUser]
        case .keys: [.listKeys, .addKey, .putKey]
        case .key: [.removeKey]
        case .secondFactor: [.showSecondFactor, .enrol, .removeSecondFactor]
        case .secondFactorConfirmation: [.confirmSecondFactor]
        case .recoveryCodes: [.renewRecoveryCodes]
        case .appPasswords: [.listAppPasswords, .addAppPassword]
        case .appPassword: [.removeAppPassword]
        case .delegations: [.listDelegations]
        case .delegation: [.showDelegation, .putDelegation, .removeDelegation]
        case .access: [.showAccess]
        case .servers: [.listServers, .createServer]
        case .server: [.showServer, .putServer, .changeServer, .deleteServer]
        case .subusers: [.listSubusers, .addSubuser]
        case .subuser: [.showSubuser, .putSubuser, .changeSubuser, .removeSubuser]
        case .sessions: [.listSessions]
        case .session: [.endSession]
        case .revocations: [.listRevocations, .revoke]
        case .revocation: [.showRevocation]
        case .activity: [.listActivity]
        case .events: [.followEvents]
        case .permissions: [.listPermissions]
        case .snapshot: [.exportSnapshot, .importSnapshot]
        case .lockdown: [.showLockdown, .lock, .unlock]
        case .bans: [.listBans, .setBan]
        case .ban: [.explainBan, .liftBan]
        }
    }

    var tag: PathTag {
        switch self {
        case .health, .description, .lockdown: .gate
        case .users, .user, .access: .users
        case .keys, .key: .keys
        case .secondFactor, .secondFactorConfirmation, .recoveryCodes, .appPasswords,
            .appPassword:
            .signIn
        case .delegations, .delegation: .delegations
        case .servers, .server: .servers
        case .subusers, .subuser: .subusers
        case .sessions, .session, .revocations, .revocation: .sessions
        case .activity, .events: .activity
        case .permissions: .permissions
        case .snapshot: .snapshot
        case .bans, .ban: .bans
        }
    }
}

extension PathTemplate {
    static func errorSchema(status: Int, codes: [String]) -> Schema {
        .answer([
            "error": .answer(
                [
                    "status": .only(.number(Int64(status))), "code": .one(of: codes),
                    "message": .text.described("For people; may change."),
                ],
                sometimes: [
                    "index": .count.described("Which of several things is meant; the first is 0.")
                ]
            )
        ])
    }

    func commonFailures(of operation: Operation) -> [Operation.Failure] {
        var errors: [ControlError] = [
            .malformedRequest, .bodyTooLarge, .unknownParameter("", allowed: []), .unexpected,
            .invalidField("client_address"),
        ]
        if !names.isEmpty { errors.append(.noSuchResource(path: "")) }
        if let body = operation.body, !body.isLines {
            errors += [
                .malformedJSON(detail: ""), .notAnObject, .unknownField("", allowed: []),
                .wrongType(field: "", expected: ""),
            ]
            if body.requiresMembers { errors.append(.missingField("")) }
        }
        errors.append(operation.takes(.actingUser) ? .unknownActingUser : .actingUserNotPossible)
        if operation.takes(.idempotencyKey) {
            errors += [.idempotencyKey(.unreadable), .idempotencyKey(.reused)]
        }
        return errors.map { Operation.Failure($0) }
    }
}

extension Resource {
    /// The path that it was read from.
    var template: PathTemplate {
        switch self {
        case .health: .health
        case .description: .description
        case .users: .users
        case .user: .user
        case .keys: .keys
        case .key: .key
        case .signIn(.secondFactor, _): .secondFactor
        case .signIn(.confirmation, _): .secondFactorConfirmation
        case .signIn(.recoveryCodes, _): .recoveryCodes
        case .signIn(.appPasswords, _): .appPasswords
        case .signIn(.appPassword, _): .appPassword
        case .delegations: .delegations
        case .delegation: .delegation
        case .access: .access
        case .servers: .servers
        case .server: .server
        case .subusers: .subusers
        case .subuser: .subuser
        case .sessions: .sessions
        case .session: .session
        case .revocations: .revocations
        case .revocation: .revocation
        case .activity: .activity
        case .events: .events
        case .permissions: .permissions
        case .snapshot: .snapshot
        case .lockdown: .lockdown
        case .bans: .bans
        case .ban: .ban
        }
    }
}
