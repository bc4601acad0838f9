import Gatekeeper
import SubuserStore

/// Changes that can be repeated: the same request again changes nothing.
extension ControlRoutes {
    func putUser(_ id: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields([
            "username", "email", "password", "passwordHash", "administrator", "twoFactor",
            "disabled", "signIn",
        ])
        var password = try passwordEdit(in: fields)
        // A description without a hash means a user without one.
        if case .keep = password, fields.isNull("passwordHash") { password = .remove }
        let revision = UserRevision(
            name: try UserName(fields.requiredText("username")),
            email: try Email(fields.requiredText("email")),
            password: password,
            isAdministrator: try fields.flag("administrator"),
            hasTwoFactor: try fields.flag("twoFactor"),
            isDisabled: try fields.flag("disabled"),
            policy: try fields.policyEdit()
        )
        let put = try await administration.putUser(
            try identifier(id),
            revision,
            by: request.caller
        )
        return put.answer { $0.members }
    }

    func putKey(of name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["publicKey", "name"])
        let key = try PublicKey(fields.requiredText("publicKey"))
        let put = try await administration.putKey(
            key,
            name: try fields.text("name").map { try DisplayName($0) },
            of: user(named: name),
            by: request.caller
        )
        return put.answer { ["key": JSONValue($0)] }
    }

    func putServer(_ id: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["name", "owner", "directory", "state", "signIn"])
        let revision = ServerRevision(
            name: try DisplayName(fields.requiredText("name")),
            owner: try user(named: fields.requiredText("owner")),
            directory: try ServerDirectory(fields.requiredText("directory")),
            state: try fields.text("state").map { try ServerState($0) },
            policy: try fields.policyEdit()
        )
        let put = try await administration.putServer(
            try identifier(id),
            revision,
            by: request.caller
        )
        return put.answer { ["server": JSONValue($0)] }
    }

    func putSubuser(
        _ name: String,
        on server: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let put = try await administration.putMember(
            user(named: name),
            of: self.server(named: server),
            permissions: request.fields(["permissions"]).requiredTexts("permissions"),
            by: Actor(request.caller)
        )
        return put.answer { [$0.key: JSONValue($0)] }
    }

    func putDelegation(
        by owner: String,
        to name: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let actor = try await actor(of: request)
        let put = try await administration.setDelegation(
            by: user(named: owner),
            to: user(named: name),
            permissions: request.fields(["permissions"]).requiredTexts("permissions"),
            by: actor
        )
        return put.answer { ["delegation": JSONValue($0)] }
    }

    private func identifier<Subject>(
        _ name: String
    ) throws(ControlError) -> Identifier<Subject> {
        guard let identifier = Identifier<Subject>(name) else {
            throw .invalidField(
                "uuid",
                message: "What may have to be made is named by its UUID in the path."
            )
        }
        return identifier
    }
}

extension Completed {
    /// 201 for what was made, 200 for what was there.
    func answer<Content>(
        _ content: (Content) -> [String: JSONValue]
    ) -> Answer where Value == Put<Content> {
        let members = members(content(value.value))
        return value.isNew ? .created(members) : .ok(members)
    }
}
