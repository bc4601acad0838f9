import AccessControl
import Foundation
import GRDB

/// Turns rows into values; a row that no value can stand for is damage.
struct Rows: Sendable {
    /// The file, for the error.
    let path: String

    static let userColumns = """
        users.uuid, users.username, users.email, users.administrator, users.two_factor,
        users.disabled, users.sign_in, users.created, users.updated,
        users.password_hash IS NOT NULL AS has_password,
        (SELECT count(*) FROM keys WHERE keys.user = users.uuid) AS key_count
        """

    static let serverSelection = """
        SELECT servers.*, users.username AS owner_name
        FROM servers JOIN users ON users.uuid = servers.owner
        """

    static let subuserSelection = """
        SELECT subusers.*, users.username, users.email, users.two_factor
        FROM subusers JOIN users ON users.uuid = subusers.user
        """

    func user(_ row: Row) throws -> User {
        User(
            id: try value(row, "uuid") { UserID($0) },
            name: try value(row, "username") { try? UserName($0) },
            email: try value(row, "email") { try? Email($0) },
            isAdministrator: row["administrator"],
            hasPassword: row["has_password"],
            hasTwoFactor: row["two_factor"],
            isDisabled: row["disabled"],
            policy: try policy(row),
            keyCount: row["key_count"],
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"])
        )
    }

    func key(_ row: Row) throws -> StoredKey {
        StoredKey(
            userID: try value(row, "user") { UserID($0) },
            fingerprint: try value(row, "fingerprint") { KeyFingerprint($0) },
            kind: try value(row, "type") { PublicKey.Kind(rawValue: $0) },
            name: try (row["name"] as String?).map { _ in
                try value(row, "name") { try? DisplayName($0) }
            },
            createdAt: Timestamp(milliseconds: row["created"])
        )
    }

    func server(_ row: Row) throws -> Server {
        Server(
            id: try value(row, "uuid") { ServerID($0) },
            name: try value(row, "name") { try? DisplayName($0) },
            ownerID: try value(row, "owner") { UserID($0) },
            ownerName: try value(row, "owner_name") { try? UserName($0) },
            directory: try value(row, "directory") { try? ServerDirectory($0) },
            state: try value(row, "state") { ServerState(rawValue: $0) },
            policy: try policy(row),
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"])
        )
    }

    func subuser(_ row: Row) throws -> Subuser {
        Subuser(
            serverID: try value(row, "server") { ServerID($0) },
            userID: try value(row, "user") { UserID($0) },
            userName: try value(row, "username") { try? UserName($0) },
            email: try value(row, "email") { try? Email($0) },
            hasTwoFactor: row["two_factor"],
            permissions: try permissions(row["permissions"]),
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"])
        )
    }

    /// Reads names as `text(of:)` writes them.
    func permissions(_ text: String) throws -> PermissionSet {
        PermissionSet(
            try text.split(separator: " ").map { name in
                guard let permission = Permission(String(name)) else {
                    throw damage("permissions", text)
                }
                return permission
            }
        )
    }

    /// JSON, the same for the same members.
    static func text(of members: [String: JSONValue]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(members), as: UTF8.self)
    }

    /// The names in their order, with a space between them.
    static func text(of permissions: PermissionSet) -> String {
        permissions.names.joined(separator: " ")
    }

    /// What is enough, with a space between.
    static func text(of policy: SignInPolicy) -> String {
        policy.texts.joined(separator: " ")
    }

    func value<Value>(
        _ row: Row,
        _ column: String,
        _ parse: (String) -> Value?
    ) throws -> Value {
        let text: String? = row[column]
        guard let text, let value = parse(text) else { throw damage(column, text ?? "NULL") }
        return value
    }

    private func damage(_ column: String, _ text: String) -> StoreError {
        .damaged(path: path, detail: "a row has \(text.debugDescription) as its \(column)")
    }
}

extension Rows {
    /// The user that `reference` names; nil when there is none.
    func user(_ reference: UserReference, in database: Database) throws -> User? {
        let (column, argument) =
            switch reference {
            case .id(let id): ("uuid", id.description)
            case .name(let name): ("username", name.description)
            case .email(let email): ("email", email.description)
            }
        return try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT \(Self.userColumns) FROM users WHERE \(column) = ?"
            ),
            arguments: [argument]
        ).map { try user($0) }
    }

    /// The server that `reference` names; nil when there is none.
    func server(_ reference: ServerReference, in database: Database) throws -> Server? {
        let (column, argument) =
            switch reference {
            case .id(let id): ("uuid", id.description)
            case .shortID(let shortID): ("short_id", shortID.description)
            }
        return try Row.fetchOne(
            database.cachedStatement(
                sql: "\(Self.serverSelection) WHERE servers.\(column) = ?"
            ),
            arguments: [argument]
        ).map { try server($0) }
    }

    /// A server's assignments, ordered by user name.
    func subusers(of server: ServerID, in database: Database) throws -> [Subuser] {
        try Row.fetchAll(
            database,
            sql: "\(Self.subuserSelection) WHERE subusers.server = ? ORDER BY users.username",
            arguments: [server.description]
        ).map { try subuser($0) }
    }

    /// A user's assignments, ordered by server.
    func assignments(of user: UserID, in database: Database) throws -> [Subuser] {
        try Row.fetchAll(
            database,
            sql: "\(Self.subuserSelection) WHERE subusers.user = ? ORDER BY subusers.server",
            arguments: [user.description]
        ).map { try subuser($0) }
    }

    /// A user's assignment on a server; nil when there is none.
    func subuser(_ user: UserID, on server: ServerID, in database: Database) throws -> Subuser? {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "\(Self.subuserSelection) WHERE subusers.server = ? AND subusers.user = ?"
            ),
            arguments: [server.description, user.description]
        ).map { try subuser($0) }
    }
}
