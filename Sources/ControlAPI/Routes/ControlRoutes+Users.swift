import AccessControl
import Gatekeeper
import SessionLink
import SubuserStore
import WireFormat

extension ControlRoutes {
    func listUsers() async throws -> Answer {
        .ok(["users": .list(try await administration.users().map { JSONValue($0) })])
    }

    func showUser(_ name: String) async throws -> Answer {
        .ok(["user": JSONValue(try await administration.user(user(named: name)))])
    }

    func createUser(_ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields([
            "uuid", "username", "email", "password", "passwordHash", "administrator", "twoFactor",
            "disabled", "signIn",
        ])
        let draft = UserDraft(
            id: try fields.identifier("uuid"),
            name: try UserName(fields.requiredText("username")),
            email: try Email(fields.requiredText("email")),
            password: try password(in: fields),
            isAdministrator: try fields.flag("administrator") ?? false,
            hasTwoFactor: try fields.flag("twoFactor") ?? false,
            isDisabled: try fields.flag("disabled") ?? false,
            policy: try fields.policy()
        )
        let made = try await administration.createUser(draft, by: request.caller)
        return .created(made.members(made.value.members))
    }

    func changeUser(_ name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields([
            "username", "email", "password", "passwordHash", "administrator", "twoFactor",
            "disabled", "signIn",
        ])
        let revision = UserRevision(
            name: try fields.text("username").map { try UserName($0) },
            email: try fields.text("email").map { try Email($0) },
            password: try passwordEdit(in: fields),
            isAdministrator: try fields.flag("administrator"),
            hasTwoFactor: try fields.flag("twoFactor"),
            isDisabled: try fields.flag("disabled"),
            policy: try fields.policyEdit()
        )
        let changed = try await administration.changeUser(
            user(named: name),
            revision,
            by: request.caller
        )
        return .ok(changed.members(changed.value.members))
    }

    func deleteUser(_ name: String, _ request: ControlRequest) async throws -> Answer {
        let deleted = try await administration.deleteUser(user(named: name), by: request.caller)
        return .ok(deleted.members(deleted: "\(deleted.value.id)"))
    }

    func listKeys(of name: String) async throws -> Answer {
        let keys = try await administration.keys(of: user(named: name))
        return .ok(["keys": .list(keys.map { JSONValue($0) })])
    }

    func addKey(of name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["publicKey", "name"])
        let added = try await administration.addKey(
            try PublicKey(fields.requiredText("publicKey")),
            name: try fields.text("name").map { try DisplayName($0) },
            of: user(named: name),
            by: request.caller
        )
        return .created(added.members("key") { JSONValue($0) })
    }

    func removeKey(
        _ fingerprint: String,
        of name: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        guard let fingerprint = KeyFingerprint(fingerprint) else {
            throw AdministrationError.store(.notFound(.key))
        }
        let removed = try await administration.removeKey(
            fingerprint,
            of: user(named: name),
            by: request.caller
        )
        return .ok(removed.members(deleted: "\(fingerprint)"))
    }

    /// What a change does to the password; null takes it away.
    func passwordEdit(in fields: RequestFields) throws(ControlError) -> PasswordEdit {
        if let password = try password(in: fields) { return .replace(password) }
        return fields.isNull("password") ? .remove : .keep
    }

    private func password(in fields: RequestFields) throws(ControlError) -> PasswordInput? {
        switch (try fields.text("password"), try fields.text("passwordHash")) {
        case (nil, nil): return nil
        case (let password?, nil): return .plain(Secret(ByteString(password)))
        case (nil, let hash?): return .hashed(hash)
        case (_?, _?):
            throw .invalidField("password", message: "Give password or passwordHash, not both.")
        }
    }
}

extension SavedUser {
    /// The members of an answer: the user, and the invitations of their address where there were any.
    var members: [String: JSONValue] {
        var members = ["user": JSONValue(user)]
        if !fulfilled.isEmpty {
            members["fulfilledInvitations"] = .list(
                fulfilled.map { subuser in
                    .object([
                        "server": .text("\(subuser.serverID)"),
                        "permissions": .texts(subuser.permissions.names),
                    ])
                }
            )
        }
        return members
    }
}

extension RequestFields {
    /// A UUID; nil when absent.
    func identifier<Subject>(_ name: String) throws(ControlError) -> Identifier<Subject>? {
        guard let text = try text(name) else { return nil }
        guard let identifier = Identifier<Subject>(text) else {
            throw .invalidField(name, message: "The field '\(name)' must be a UUID.")
        }
        return identifier
    }
}
