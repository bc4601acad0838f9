import AccessControl
import GRDB

extension SQLiteStore {
    package func standing(
        of user: UserID,
        on reference: ServerReference
    ) async throws(StoreError) -> Standing? {
        let rows = Rows(path: path)
        return try await reading { database in
            guard let server = try rows.server(reference, in: database),
                let person = try rows.user(.id(user), in: database)
            else { return nil }
            return try rows.standing(of: person, on: server, in: database)
        }
    }

    package func standings(of user: UserID) async throws(StoreError) -> [Standing] {
        let rows = Rows(path: path)
        return try await reading { database in
            let person = try rows.existingUser(.id(user), in: database)
            let condition =
                person.isAdministrator
                ? ""
                : """
                WHERE servers.owner = :user
                    OR servers.uuid IN (SELECT server FROM subusers WHERE user = :user)
                    OR servers.owner IN (SELECT owner FROM delegations WHERE user = :user)
                """
            let servers = try Row.fetchAll(
                database,
                sql: "\(Rows.serverSelection) \(condition) ORDER BY servers.name, servers.uuid",
                arguments: person.isAdministrator ? [] : ["user": user.description]
            ).map { try rows.server($0) }
            return try servers.compactMap { try rows.standing(of: person, on: $0, in: database) }
        }
    }
}

extension Rows {
    /// What a person may do on a server; nil when it is not shared with them.
    func standing(of user: User, on server: Server, in database: Database) throws -> Standing? {
        if user.isAdministrator {
            return Standing(server: server, role: .administrator, authority: .everything)
        }
        if server.ownerID == user.id {
            return Standing(server: server, role: .owner, authority: .everything)
        }
        let assigned = try assignedPermissions(of: user.id, on: server, in: database)
        let delegated = try delegatedPermissions(of: user.id, on: server, in: database)
        guard assigned != nil || delegated != nil else { return nil }
        return Standing(
            server: server,
            role: assigned == nil ? .delegate : .subuser,
            authority: .holding((assigned ?? .none).union(delegated ?? .none))
        )
    }

    /// What a person holds on a server that is shared with them; nil when it is not.
    func sharedPermissions(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> PermissionSet? {
        let assigned = try assignedPermissions(of: user, on: server, in: database)
        let delegated = try delegatedPermissions(of: user, on: server, in: database)
        guard let delegated else { return assigned }
        return delegated.union(assigned ?? .none)
    }

    /// Refuses what the actor of `check` may not do; without a check everything may be done.
    ///
    /// A server that the actor cannot see does not exist for them.
    func enforce(
        _ check: AssignmentCheck?,
        _ act: AssignmentAct,
        on server: Server,
        target: UserID?,
        current: PermissionSet?,
        given: PermissionSet?,
        in database: Database
    ) throws {
        guard let check else { return }
        let actor = try existingUser(.id(check.actor), in: database)
        guard let standing = try standing(of: actor, on: server, in: database) else {
            throw StoreError.notFound(.server)
        }
        let refusal = check.rule.refusal(
            of: act,
            by: standing.authority,
            isOwn: target == check.actor,
            current: current,
            given: given
        )
        if let refusal { throw StoreError.refused(refusal) }
    }

    private func assignedPermissions(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> PermissionSet? {
        try String.fetchOne(
            database.cachedStatement(
                sql: "SELECT permissions FROM subusers WHERE server = ? AND user = ?"
            ),
            arguments: [server.id.description, user.description]
        ).map { try permissions($0) }
    }

    private func delegatedPermissions(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> PermissionSet? {
        try String.fetchOne(
            database.cachedStatement(
                sql: "SELECT permissions FROM delegations WHERE owner = ? AND user = ?"
            ),
            arguments: [server.ownerID.description, user.description]
        ).map { try permissions($0) }
    }
}
