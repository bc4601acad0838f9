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
        let shares = try shares(of: user.id, on: server, in: database)
        return shares.all.map { held in
            Standing(
                server: server,
                role: shares.assigned == nil ? .delegate : .subuser,
                authority: .holding(held)
            )
        }
    }

    /// What a person holds on a server that is shared with them; nil when it is not.
    func sharedPermissions(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> PermissionSet? {
        try shares(of: user, on: server, in: database).all
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
        // Whoever is invited is as strong as they will be.
        let strength =
            try target.flatMap { try self.authority(of: $0, on: server, in: database) }
            ?? current.map { .holding($0) }
        let refusal = check.rule.refusal(
            of: act,
            by: standing.authority,
            isOwn: target == check.actor,
            current: current,
            given: given,
            strength: strength
        )
        if let refusal { throw StoreError.refused(refusal) }
    }

    /// What a user may do on a server in all; nil when it is not shared with them.
    private func authority(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> Authority? {
        guard let person = try self.user(.id(user), in: database) else { return nil }
        return try standing(of: person, on: server, in: database)?.authority
    }

    private func shares(
        of user: UserID,
        on server: Server,
        in database: Database
    ) throws -> Shares {
        func held(_ sql: String, _ id: String) throws -> PermissionSet? {
            try String.fetchOne(
                database.cachedStatement(sql: sql),
                arguments: [id, user.description]
            ).map { try permissions($0) }
        }
        return Shares(
            assigned: try held(
                "SELECT permissions FROM subusers WHERE server = ? AND user = ?",
                server.id.description
            ),
            delegated: try held(
                "SELECT permissions FROM delegations WHERE owner = ? AND user = ?",
                server.ownerID.description
            )
        )
    }
}

/// What of a server is shared with a person; nil is what does not exist.
private struct Shares {
    let assigned: PermissionSet?
    let delegated: PermissionSet?

    /// Both together; nil when nothing is shared.
    var all: PermissionSet? {
        guard let delegated else { return assigned }
        return delegated.union(assigned ?? .none)
    }
}
