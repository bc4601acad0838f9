import AccessControl
import Foundation
import GRDB

extension Rows {
    /// What a user can sign in with; nil when there is none of this name.
    func credentials(of name: UserName, in database: Database) throws -> SignInCredentials? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT users.*, second_factors.id AS second_factor
                    FROM users LEFT JOIN second_factors
                        ON second_factors.user = users.uuid AND second_factors.confirmed
                    WHERE users.username = ?
                    """
            ),
            arguments: [name.description]
        )
        guard let row else { return nil }
        let id = try value(row, "uuid") { UserID($0) }
        let fingerprints = try String.fetchSet(
            database.cachedStatement(sql: "SELECT fingerprint FROM keys WHERE user = ?"),
            arguments: [id.description]
        )
        return SignInCredentials(
            id: id,
            name: name,
            isAdministrator: row["administrator"],
            isDisabled: row["disabled"],
            passwordHash: row["password_hash"],
            keyFingerprints: fingerprints,
            policy: try policy(row),
            hasTwoFactor: row["two_factor"],
            secondFactor: try (row["second_factor"] as String?).map { _ in
                try value(row, "second_factor") { SecondFactorID($0) }
            },
            appPasswords: try appPasswordKeys(of: id, in: database)
        )
    }

    /// The policy in a row's `sign_in`; nil for none.
    func policy(_ row: Row) throws -> SignInPolicy? {
        guard let text: String = row["sign_in"] else { return nil }
        return try value(row, "sign_in") { _ in
            try? SignInPolicy(text.split(separator: " ").map(String.init))
        }
    }

    private func appPasswordKeys(
        of user: UserID,
        in database: Database
    ) throws -> [AppPasswordKey] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT uuid, server, digest FROM app_passwords WHERE user = ?"
            ),
            arguments: [user.description]
        ).map { row in
            let server: String? = row["server"]
            let digest: Data = row["digest"]
            return AppPasswordKey(
                id: try value(row, "uuid") { AppPasswordID($0) },
                server: try server.map { _ in try value(row, "server") { ServerID($0) } },
                digest: Array(digest)
            )
        }
    }
}
