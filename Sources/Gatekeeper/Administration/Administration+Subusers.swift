import AccessControl
package import SubuserStore

extension Administration {
    /// A server's subusers, ordered by user name.
    package func subusers(
        of reference: ServerReference
    ) async throws(AdministrationError) -> [Subuser] {
        try await asking { store throws(StoreError) in
            try await store.subusers(of: try await store.server(reference).id)
        }
    }

    /// - Throws: `notFound` from the store.
    package func subuser(
        _ user: UserReference,
        on server: ServerReference
    ) async throws(AdministrationError) -> Subuser {
        try await asking { store throws(StoreError) in
            let server = try await store.server(server)
            return try await store.subuser(try await store.user(user).id, on: server.id)
        }
    }

    /// Lets a user work on a server; names that mean nothing here are left out and told.
    package func addSubuser(
        _ user: UserReference,
        on server: ServerReference,
        permissions names: [String],
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Subuser> {
        let server = try await self.server(server)
        let user = try await self.user(user)
        let selection = PermissionCatalogue.standard.select(names)
        return try await completing { () async throws(AdministrationError) in
            let subuser = try await asking { store throws(StoreError) in
                try await store.addSubuser(
                    user.id,
                    on: server.id,
                    permissions: selection.permissions
                )
            }
            let properties: [String: JSONValue] = [
                "email": .text("\(subuser.email)"),
                "permissions": .texts(subuser.permissions.names),
            ]
            await record(entry("server:subuser.create", about: subuser, properties), by: caller)
            return Completed(subuser, droppedPermissions: selection.unknown)
        }
    }

    /// Replaces a subuser's permissions, and ends their sessions on this server.
    ///
    /// An equal set changes nothing, ends nothing and is not recorded.
    package func changeSubuser(
        _ user: UserReference,
        on server: ServerReference,
        permissions names: [String],
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Subuser> {
        let current = try await subuser(user, on: server)
        let selection = PermissionCatalogue.standard.select(names)
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.changeSubuser(
                    current.userID,
                    on: current.serverID,
                    permissions: selection.permissions
                )
            }
            guard change.isChange else {
                return Completed(change.after, droppedPermissions: selection.unknown)
            }
            let outcome = await revoke(
                [change.after.sessions],
                reason: "Your permissions on this server were changed"
            )
            let properties: [String: JSONValue] = [
                "email": .text("\(change.after.email)"),
                "old": .texts(change.before.permissions.names),
                "new": .texts(change.after.permissions.names),
                "revoked": outcome.property,
            ]
            await record(
                entry("server:subuser.update", about: change.after, properties),
                by: caller
            )
            return Completed(
                change.after,
                revocation: outcome,
                droppedPermissions: selection.unknown
            )
        }
    }

    /// Takes a user's access to a server away, and ends their sessions on it.
    package func removeSubuser(
        _ user: UserReference,
        on server: ServerReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Subuser> {
        let current = try await subuser(user, on: server)
        return try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeSubuser(current.userID, on: current.serverID)
            }
            let outcome = await revoke(
                [removed.sessions],
                reason: "Your access to this server was removed"
            )
            let properties: [String: JSONValue] = [
                "email": .text("\(removed.email)"), "revoked": outcome.property,
            ]
            await record(entry("server:subuser.delete", about: removed, properties), by: caller)
            return Completed(removed, revocation: outcome)
        }
    }

    private func entry(
        _ event: String,
        about subuser: Subuser,
        _ properties: [String: JSONValue]
    ) -> ActivityEntry {
        ActivityEntry(
            event: event,
            userID: subuser.userID,
            userName: "\(subuser.userName)",
            serverID: subuser.serverID,
            properties: properties
        )
    }
}

extension Subuser {
    /// The sessions that rest on this assignment.
    fileprivate var sessions: RevocationSelector {
        .userOnServer(user: "\(userID)", server: "\(serverID)")
    }
}
