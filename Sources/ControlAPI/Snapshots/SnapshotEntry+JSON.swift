import AccessControl
import Foundation
import Gatekeeper
import SubuserStore

/// The kinds of lines in a document; the names are a promise to callers.
enum SnapshotKind: String, CaseIterable {
    case snapshot, user, key, server, subuser, delegation

    /// The fields that a line of this kind has.
    fileprivate var fields: [String] {
        switch self {
        case .snapshot: ["users", "keys", "servers", "subusers", "delegations"]
        case .user:
            [
                "uuid", "username", "email", "passwordHash", "administrator", "twoFactor",
                "disabled", "signIn",
            ]
        case .key: ["user", "publicKey", "name"]
        case .server: ["uuid", "name", "owner", "directory", "state", "signIn"]
        case .subuser: ["server", "user", "permissions"]
        case .delegation: ["owner", "user", "permissions"]
        }
    }
}

extension SnapshotEntry {
    /// Reads one line.
    ///
    /// - Throws: `ControlError` or `InvalidValue`.
    init(line: Data) throws {
        let object = try RequestFields.object(in: line)
        guard case .text(let name)? = object["kind"], let kind = SnapshotKind(rawValue: name) else {
            throw ControlError.invalidField(
                "kind",
                message: "Its kind must be one of "
                    + SnapshotKind.allCases.map(\.rawValue).joined(separator: ", ") + "."
            )
        }
        let fields = try RequestFields(object, allowed: ["kind"] + kind.fields)
        switch kind {
        case .snapshot:
            self = .summary(
                SnapshotCounts(
                    users: try fields.requiredCount("users"),
                    keys: try fields.requiredCount("keys"),
                    servers: try fields.requiredCount("servers"),
                    subusers: try fields.requiredCount("subusers"),
                    delegations: try fields.requiredCount("delegations")
                )
            )
        case .user: self = .user(try fields.user(), policy: try fields.policyMention())
        case .key:
            self = .key(
                try PublicKey(fields.requiredText("publicKey")),
                name: try fields.text("name").map { try DisplayName($0) },
                user: try fields.requiredIdentifier("user")
            )
        case .server: self = .server(try fields.server(), policy: try fields.policyMention())
        case .subuser:
            self = .subuser(
                server: try fields.requiredIdentifier("server"),
                user: try fields.requiredIdentifier("user"),
                permissions: try fields.requiredTexts("permissions")
            )
        case .delegation:
            self = .delegation(
                owner: try fields.requiredIdentifier("owner"),
                user: try fields.requiredIdentifier("user"),
                permissions: try fields.requiredTexts("permissions")
            )
        }
    }
}

extension RequestFields {
    fileprivate func user() throws -> NewUser {
        NewUser(
            id: try requiredIdentifier("uuid"),
            name: try UserName(requiredText("username")),
            email: try Email(requiredText("email")),
            passwordHash: try text("passwordHash"),
            isAdministrator: try flag("administrator") ?? false,
            hasTwoFactor: try flag("twoFactor") ?? false,
            isDisabled: try flag("disabled") ?? false,
            policy: try policy()
        )
    }

    fileprivate func server() throws -> NewServer {
        NewServer(
            id: try requiredIdentifier("uuid"),
            name: try DisplayName(requiredText("name")),
            ownerID: try requiredIdentifier("owner"),
            directory: try ServerDirectory(requiredText("directory")),
            state: try text("state").map { try ServerState($0) } ?? .normal,
            policy: try policy()
        )
    }

    fileprivate func policyMention() throws(ControlError) -> PolicyMention {
        try policyEdit() == .keep ? .unsaid : .said
    }

    /// A UUID that must be there.
    func requiredIdentifier<Subject>(
        _ name: String
    ) throws(ControlError) -> Identifier<Subject> {
        guard let identifier: Identifier<Subject> = try identifier(name) else {
            throw .missingField(name)
        }
        return identifier
    }
}
