package import AccessControl
import GRDB

extension SQLiteStore {
    package func invitations(to server: ServerID) async throws(StoreError) -> [Invitation] {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await reading { database in
            _ = try rows.existingServer(.id(server), in: database)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM invitations WHERE server = ? AND expires > ? ORDER BY email",
                arguments: [server.description, now]
            ).map { try rows.invitation($0) }
        }
    }

    package func addInvitation(
        of email: Email,
        to server: ServerID,
        permissions: PermissionSet,
        expiresAt: Timestamp,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Invitation {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        let id = InvitationID.random()
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            try rows.enforce(
                check,
                .create,
                on: place,
                target: nil,
                current: nil,
                given: permissions,
                in: database
            )
            // They may have got their account a moment ago.
            guard try rows.user(.email(email), in: database) == nil else {
                throw StoreError.alreadyExists(.email)
            }
            try rows.deleteExpiredInvitations(at: now, in: database)
            try database.execute(
                sql: """
                    INSERT INTO invitations
                        (uuid, server, email, permissions, expires, created, updated)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    id.description, server.description, email.description,
                    Rows.text(of: permissions), expiresAt.milliseconds, now, now,
                ]
            )
            return try rows.existingInvitation(id, to: server, in: database)
        }
    }

    package func changeInvitation(
        _ id: InvitationID,
        to server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> InvitationChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            let before = try rows.existingInvitation(id, to: server, in: database)
            try rows.enforce(
                check,
                .update,
                on: place,
                target: nil,
                current: before.permissions,
                given: permissions,
                in: database
            )
            if before.permissions != permissions {
                try database.execute(
                    sql: "UPDATE invitations SET permissions = ?, updated = ? WHERE uuid = ?",
                    arguments: [Rows.text(of: permissions), now, id.description]
                )
            }
            return InvitationChange(
                before: before,
                after: try rows.existingInvitation(id, to: server, in: database)
            )
        }
    }

    package func removeInvitation(
        _ id: InvitationID,
        to server: ServerID,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Invitation {
        let rows = Rows(path: path)
        return try await writing { database in
            let place = try rows.existingServer(.id(server), in: database)
            let invitation = try rows.existingInvitation(id, to: server, in: database)
            try rows.enforce(
                check,
                .delete,
                on: place,
                target: nil,
                current: invitation.permissions,
                given: nil,
                in: database
            )
            try rows.deleteInvitation(id, in: database)
            return invitation
        }
    }
}

/// What became of the invitations of one address.
struct Redemption {
    var fulfilled: [Subuser] = []
    var withdrawn: [Invitation] = []
}

extension Rows {
    /// Ends every invitation of a user's new address: it becomes an assignment, where the user
    /// neither owns the server nor is its subuser.
    func redeemInvitations(
        of user: User,
        at now: Int64,
        in database: Database
    ) throws -> Redemption {
        try deleteExpiredInvitations(at: now, in: database)
        let invitations = try Row.fetchAll(
            database,
            sql: "SELECT * FROM invitations WHERE email = ? ORDER BY created, uuid",
            arguments: [user.email.description]
        ).map { try invitation($0) }
        var redemption = Redemption()
        for invitation in invitations {
            try deleteInvitation(invitation.id, in: database)
            let server = try existingServer(.id(invitation.serverID), in: database)
            guard
                try server.ownerID != user.id
                    && subuser(user.id, on: server.id, in: database) == nil
            else {
                redemption.withdrawn.append(invitation)
                continue
            }
            try insertSubuser(
                user.id,
                on: server.id,
                permissions: invitation.permissions,
                at: now,
                in: database
            )
            redemption.fulfilled.append(
                try existingSubuser(user.id, on: server.id, in: database)
            )
        }
        return redemption
    }

    fileprivate func existingInvitation(
        _ id: InvitationID,
        to server: ServerID,
        in database: Database
    ) throws -> Invitation {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT * FROM invitations WHERE uuid = ? AND server = ? AND expires > ?",
            arguments: [id.description, server.description, Timestamp.now.milliseconds]
        )
        guard let row else { throw StoreError.notFound(.invitation) }
        return try invitation(row)
    }

    fileprivate func invitation(_ row: Row) throws -> Invitation {
        Invitation(
            id: try value(row, "uuid") { InvitationID($0) },
            serverID: try value(row, "server") { ServerID($0) },
            email: try value(row, "email") { try? Email($0) },
            permissions: try permissions(row["permissions"]),
            expiresAt: Timestamp(milliseconds: row["expires"]),
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"])
        )
    }

    fileprivate func deleteInvitation(_ id: InvitationID, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM invitations WHERE uuid = ?",
            arguments: [id.description]
        )
    }

    fileprivate func deleteExpiredInvitations(at now: Int64, in database: Database) throws {
        try database.execute(sql: "DELETE FROM invitations WHERE expires <= ?", arguments: [now])
    }
}
