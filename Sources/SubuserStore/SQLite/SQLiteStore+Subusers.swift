package import AccessControl
import GRDB

extension SQLiteStore {
    package func subusers(of server: ServerID) async throws(StoreError) -> [Subuser] {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingServer(.id(server), in: database)
            return try rows.subusers(of: server, in: database)
        }
    }

    package func subuser(
        _ user: UserID,
        on server: ServerID
    ) async throws(StoreError) -> Subuser {
        let rows = Rows(path: path)
        return try await reading { try rows.existingSubuser(user, on: server, in: $0) }
    }

    package func addSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Subuser {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            _ = try rows.existingUser(.id(user), in: database)
            try rows.enforce(
                check,
                .create,
                on: place,
                target: user,
                current: nil,
                given: permissions,
                in: database
            )
            guard place.ownerID != user else { throw StoreError.ownerAsSubuser }
            try rows.insertSubuser(
                user,
                on: server,
                permissions: permissions,
                at: now,
                in: database
            )
            return try rows.existingSubuser(user, on: server, in: database)
        }
    }

    package func changeSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> SubuserChange {
        let rows = Rows(path: path)
        let now = Timestamp.now
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            let before = try rows.existingSubuser(user, on: server, in: database)
            try rows.enforce(
                check,
                .update,
                on: place,
                target: user,
                current: before.permissions,
                given: permissions,
                in: database
            )
            var after = before
            after.permissions = permissions
            guard after != before else { return SubuserChange(before: before, after: before) }
            after.updatedAt = now
            try database.execute(
                sql: """
                    UPDATE subusers SET permissions = ?, updated = ?
                    WHERE server = ? AND user = ?
                    """,
                arguments: [
                    Rows.text(of: permissions), now.milliseconds, server.description,
                    user.description,
                ]
            )
            return SubuserChange(before: before, after: after)
        }
    }

    package func removeSubuser(
        _ user: UserID,
        on server: ServerID,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Subuser {
        let rows = Rows(path: path)
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            let subuser = try rows.existingSubuser(user, on: server, in: database)
            try rows.enforce(
                check,
                .delete,
                on: place,
                target: user,
                current: subuser.permissions,
                given: nil,
                in: database
            )
            try rows.deleteSubuser(user, on: server, in: database)
            return subuser
        }
    }
}

extension Rows {
    /// A user's assignment on a server, which must exist.
    func existingSubuser(
        _ user: UserID,
        on server: ServerID,
        in database: Database
    ) throws -> Subuser {
        guard let subuser = try subuser(user, on: server, in: database) else {
            throw StoreError.notFound(.subuser)
        }
        return subuser
    }

    func insertSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        at now: Int64,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO subusers (server, user, permissions, created, updated)
                VALUES (?, ?, ?, ?, ?)
                """,
            arguments: [
                server.description, user.description, Rows.text(of: permissions), now, now,
            ]
        )
    }

    func deleteSubuser(_ user: UserID, on server: ServerID, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM subusers WHERE server = ? AND user = ?",
            arguments: [server.description, user.description]
        )
    }
}
