import AccessControl
import GRDB

extension SQLiteStore {
    package func signInCredentials(
        userName: String
    ) throws(StoreError) -> SignInCredentials? {
        guard let name = try? UserName(userName) else { return nil }
        return try readingNow { try Rows(path: path).credentials(of: name, in: $0) }
    }

    package func access(
        userName: String,
        server: String
    ) throws(StoreError) -> AccessRecord? {
        guard let name = try? UserName(userName), let reference = ServerReference(server) else {
            return nil
        }
        return try readingNow { database in
            let rows = Rows(path: path)
            guard let user = try rows.credentials(of: name, in: database) else { return nil }
            return try rows.access(of: user, on: reference, in: database)
        }
    }

    package func access(
        of user: UserID,
        on server: ServerID
    ) throws(StoreError) -> AccessRecord? {
        try readingNow { database in
            let rows = Rows(path: path)
            guard let name = try rows.name(of: user, in: database),
                let user = try rows.credentials(of: name, in: database)
            else { return nil }
            return try rows.access(of: user, on: .id(server), in: database)
        }
    }
}

extension Rows {
    fileprivate func access(
        of user: SignInCredentials,
        on reference: ServerReference,
        in database: Database
    ) throws -> AccessRecord? {
        guard let server = try server(reference, in: database) else { return nil }
        return AccessRecord(
            user: user,
            server: server,
            permissions: try sharedPermissions(of: user.id, on: server, in: database),
            lockdown: try lockdown(in: database)
        )
    }

    fileprivate func name(of user: UserID, in database: Database) throws -> UserName? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT username FROM users WHERE uuid = ?"),
            arguments: [user.description]
        ).map { row in try value(row, "username") { try? UserName($0) } }
    }
}
