import Gatekeeper
import SignInSecrets
import SubuserStore

/// Second factors and app passwords.
///
/// Answers that hold a secret are given once: none of these requests takes an Idempotency-Key, with
/// which they would be kept.
extension ControlRoutes {
    func answer(
        _ resource: SignInResource,
        of user: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        switch (resource, request.verb) {
        case (.secondFactor, .get): return try await showSecondFactor(of: user)
        case (.secondFactor, .post): return try await enrol(user, request)
        case (.secondFactor, .delete): return try await removeSecondFactor(of: user, request)
        case (.confirmation, .post): return try await confirmSecondFactor(of: user, request)
        case (.recoveryCodes, .post): return try await renewRecoveryCodes(of: user, request)
        case (.appPasswords, .get): return try await listAppPasswords(of: user)
        case (.appPasswords, .post): return try await addAppPassword(of: user, request)
        case (.appPassword(let id), .delete):
            return try await removeAppPassword(id, of: user, request)
        case (.secondFactor, _), (.confirmation, _), (.recoveryCodes, _), (.appPasswords, _),
            (.appPassword, _):
            throw ControlError.methodNotAllowed(request)
        }
    }

    private func showSecondFactor(of name: String) async throws -> Answer {
        let factor = try await administration.secondFactor(of: user(named: name))
        return .ok(["secondFactor": factor.map { JSONValue($0) } ?? .null])
    }

    private func enrol(_ name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["secret", "confirmed", "replace"])
        let isConfirmed = try fields.flag("confirmed") ?? false
        let secret = try fields.sharedSecret("secret")
        // Nobody can have seen a code of a secret that is still to be made.
        if isConfirmed && secret == nil { throw ControlError.missingField("secret") }
        let enrolled = try await administration.enrol(
            user(named: name),
            SecondFactorDraft(
                secret: secret,
                isConfirmed: isConfirmed,
                replaces: try fields.flag("replace") ?? false
            ),
            by: request.caller
        )
        return enrolled.answer { enrolment in
            [
                "secondFactor": JSONValue(enrolment.factor),
                "secret": .text(enrolment.secret.base32),
                "uri": .text(enrolment.uri.text),
            ]
        }
    }

    private func confirmSecondFactor(of name: String, _ request: ControlRequest) async throws
        -> Answer
    {
        let confirmed = try await administration.confirmSecondFactor(
            of: user(named: name),
            with: request.fields(["code"]).requiredText("code"),
            by: request.caller
        )
        return .ok(confirmed.members(confirmed.value.members))
    }

    private func removeSecondFactor(of name: String, _ request: ControlRequest) async throws
        -> Answer
    {
        let removed = try await administration.removeSecondFactor(
            of: user(named: name),
            by: request.caller
        )
        return .ok(removed.members(deleted: "\(removed.value.userID)"))
    }

    private func renewRecoveryCodes(of name: String, _ request: ControlRequest) async throws
        -> Answer
    {
        let renewed = try await administration.renewRecoveryCodes(
            of: user(named: name),
            by: request.caller
        )
        return .created(renewed.members(renewed.value.members))
    }

    private func listAppPasswords(of name: String) async throws -> Answer {
        let passwords = try await administration.appPasswords(of: user(named: name))
        return .ok(["appPasswords": .list(passwords.map { JSONValue($0) })])
    }

    private func addAppPassword(of name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["name", "server"])
        let added = try await administration.addAppPassword(
            of: user(named: name),
            name: DisplayName(fields.requiredText("name")),
            server: fields.text("server").map { try server(named: $0) },
            by: request.caller
        )
        return .created(
            added.members([
                "appPassword": JSONValue(added.value.record),
                "password": .text(added.value.password.text),
            ])
        )
    }

    private func removeAppPassword(
        _ id: String,
        of name: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        guard let id = AppPasswordID(id) else {
            throw AdministrationError.store(.notFound(.appPassword))
        }
        let removed = try await administration.removeAppPassword(
            id,
            of: user(named: name),
            by: request.caller
        )
        return .ok(removed.members(deleted: "\(id)"))
    }
}

extension RecoverySet {
    fileprivate var members: [String: JSONValue] {
        ["secondFactor": JSONValue(factor), "recoveryCodes": .texts(codes.map(\.text))]
    }
}

extension RequestFields {
    /// A secret in base32; nil when absent.
    fileprivate func sharedSecret(_ name: String) throws(ControlError) -> SharedSecret? {
        guard let text = try text(name) else { return nil }
        guard let secret = SharedSecret(base32: text) else {
            let lengths = SharedSecret.lengths
            throw .invalidField(
                name,
                message: "The field '\(name)' must be \(lengths.lowerBound) to "
                    + "\(lengths.upperBound) bytes in base32."
            )
        }
        return secret
    }
}

extension JSONValue {
    fileprivate init(_ factor: SecondFactor) {
        self = .object([
            "confirmed": .flag(factor.isConfirmed),
            "pending": .flag(factor.isPending),
            "recoveryCodesLeft": .number(Int64(factor.recoveryCodesLeft)),
            "createdAt": JSONValue(factor.createdAt),
        ])
    }

    fileprivate init(_ password: StoredAppPassword) {
        self = .object([
            "uuid": .text("\(password.id)"),
            "name": .text("\(password.name)"),
            "server": password.serverID.map { .text("\($0)") } ?? .null,
            "createdAt": JSONValue(password.createdAt),
        ])
    }
}
