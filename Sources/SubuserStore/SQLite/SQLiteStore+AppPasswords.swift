import Foundation
import GRDB
package import SignInSecrets

extension SQLiteStore {
    package func appPasswords(of user: UserID) async throws(StoreError) -> [StoredAppPassword] {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingUser(.id(user), in: database)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM app_passwords WHERE user = ? ORDER BY created, rowid",
                arguments: [user.description]
            ).map { try rows.appPassword($0) }
        }
    }

    package func addAppPassword(
        _ record: StoredAppPassword,
        for password: AppPassword
    ) async throws(StoreError) {
        let rows = Rows(path: path)
        let digest = Data(password.digest)
        try await writing { database in
            _ = try rows.existingUser(.id(record.userID), in: database)
            if let server = record.serverID {
                _ = try rows.existingServer(.id(server), in: database)
            }
            let count = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM app_passwords WHERE user = ?",
                arguments: [record.userID.description]
            )
            guard let count, count < StoredAppPassword.limit else {
                throw StoreError.tooManyAppPasswords
            }
            try database.execute(
                sql: """
                    INSERT INTO app_passwords (uuid, user, server, name, digest, created)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    record.id.description, record.userID.description,
                    record.serverID?.description, record.name.description, digest,
                    record.createdAt.milliseconds,
                ]
            )
        }
    }

    package func removeAppPassword(
        _ id: AppPasswordID,
        of user: UserID
    ) async throws(StoreError) -> StoredAppPassword {
        let rows = Rows(path: path)
        return try await writing { database in
            _ = try rows.existingUser(.id(user), in: database)
            let row = try Row.fetchOne(
                database,
                sql: "SELECT * FROM app_passwords WHERE uuid = ? AND user = ?",
                arguments: [id.description, user.description]
            )
            guard let row else { throw StoreError.notFound(.appPassword) }
            let removed = try rows.appPassword(row)
            try database.execute(
                sql: "DELETE FROM app_passwords WHERE uuid = ?",
                arguments: [id.description]
            )
            return removed
        }
    }
}

extension Rows {
    fileprivate func appPassword(_ row: Row) throws -> StoredAppPassword {
        let server: String? = row["server"]
        return StoredAppPassword(
            id: try value(row, "uuid") { AppPasswordID($0) },
            userID: try value(row, "user") { UserID($0) },
            name: try value(row, "name") { try? DisplayName($0) },
            serverID: try server.map { _ in try value(row, "server") { ServerID($0) } },
            createdAt: Timestamp(milliseconds: row["created"])
        )
    }
}
