package import AccessControl
import GRDB

extension SQLiteStore {
    package func delegations(by owner: UserID) async throws(StoreError) -> [Delegation] {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingUser(.id(owner), in: database)
            return try rows.delegations("delegations.owner = ?", owner, in: database)
        }
    }

    package func delegations(to user: UserID) async throws(StoreError) -> [Delegation] {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingUser(.id(user), in: database)
            return try rows.delegations("delegations.user = ?", user, in: database)
        }
    }

    package func setDelegation(
        by owner: UserID,
        to user: UserID,
        permissions: PermissionSet
    ) async throws(StoreError) -> DelegationChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            _ = try rows.existingUser(.id(owner), in: database)
            _ = try rows.existingUser(.id(user), in: database)
            guard owner != user else { throw StoreError.ownDelegation }
            let before = try rows.delegation(by: owner, to: user, in: database)
            if before?.permissions != permissions {
                try database.execute(
                    sql: """
                        INSERT INTO delegations (owner, user, permissions, created, updated)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (owner, user) DO UPDATE
                            SET permissions = excluded.permissions, updated = excluded.updated
                        """,
                    arguments: [
                        owner.description, user.description, Rows.text(of: permissions), now, now,
                    ]
                )
            }
            return DelegationChange(
                before: before,
                after: try rows.delegation(by: owner, to: user, in: database)
            )
        }
    }

    package func removeDelegation(
        by owner: UserID,
        to user: UserID
    ) async throws(StoreError) -> DelegationChange {
        let rows = Rows(path: path)
        return try await writing { database in
            guard let before = try rows.delegation(by: owner, to: user, in: database) else {
                throw StoreError.notFound(.delegation)
            }
            try database.execute(
                sql: "DELETE FROM delegations WHERE owner = ? AND user = ?",
                arguments: [owner.description, user.description]
            )
            return DelegationChange(before: before, after: nil)
        }
    }
}

extension Rows {
    private static let delegationSelection = """
        SELECT delegations.*, owners.username AS owner_name, users.username, users.email,
            users.two_factor
        FROM delegations
            JOIN users AS owners ON owners.uuid = delegations.owner
            JOIN users ON users.uuid = delegations.user
        """

    fileprivate func delegations(
        _ condition: String,
        _ person: UserID,
        in database: Database
    ) throws -> [Delegation] {
        try Row.fetchAll(
            database,
            sql: """
                \(Self.delegationSelection) WHERE \(condition)
                ORDER BY owners.username, users.username
                """,
            arguments: [person.description]
        ).map { try delegation($0) }
    }

    fileprivate func delegation(
        by owner: UserID,
        to user: UserID,
        in database: Database
    ) throws -> Delegation? {
        try Row.fetchOne(
            database,
            sql: """
                \(Self.delegationSelection)
                WHERE delegations.owner = ? AND delegations.user = ?
                """,
            arguments: [owner.description, user.description]
        ).map { try delegation($0) }
    }

    private func delegation(_ row: Row) throws -> Delegation {
        Delegation(
            ownerID: try value(row, "owner") { UserID($0) },
            ownerName: try value(row, "owner_name") { try? UserName($0) },
            userID: try value(row, "user") { UserID($0) },
            userName: try value(row, "username") { try? UserName($0) },
            email: try value(row, "email") { try? Email($0) },
            hasTwoFactor: row["two_factor"],
            permissions: try permissions(row["permissions"]),
            createdAt: Timestamp(milliseconds: row["created"]),
            updatedAt: Timestamp(milliseconds: row["updated"])
        )
    }

    /// What ends when a user is removed: what they had delegated and what was delegated to them.
    func endingDelegations(
        of user: UserID,
        in database: Database
    ) throws -> [RemovedDelegation] {
        let ending =
            try delegations("delegations.owner = ?", user, in: database)
            + delegations("delegations.user = ?", user, in: database)
        return try ending.map { delegation in
            RemovedDelegation(
                delegation: delegation,
                servers: try servers(ownedBy: delegation.ownerID, in: database)
            )
        }
    }

    /// The ids of an owner's servers.
    func servers(ownedBy owner: UserID, in database: Database) throws -> [ServerID] {
        try Row.fetchAll(
            database,
            sql: "SELECT uuid FROM servers WHERE owner = ? ORDER BY uuid",
            arguments: [owner.description]
        ).map { row in try value(row, "uuid") { ServerID($0) } }
    }
}
