import AccessControl
package import SignInSecrets
package import SubuserStore

/// An app password that was just made, and that nobody can be shown again.
package struct NewAppPassword: Sendable {
    package let record: StoredAppPassword
    package let password: AppPassword
}

extension Administration {
    /// A user's app passwords, oldest first.
    package func appPasswords(
        of reference: UserReference
    ) async throws(AdministrationError) -> [StoredAppPassword] {
        try await asking { store throws(StoreError) in
            try await store.appPasswords(of: try await store.user(reference).id)
        }
    }

    /// Makes a password for one program of a user, good for one server or for all of theirs.
    package func addAppPassword(
        of reference: UserReference,
        name: DisplayName,
        server: ServerReference?,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<NewAppPassword> {
        let user = try await user(reference)
        var serverID: ServerID?
        if let server { serverID = try await self.server(server).id }
        let record = StoredAppPassword(
            userID: user.id,
            name: name,
            serverID: serverID,
            createdAt: .now
        )
        let password = AppPassword.random()
        return try await completing { () async throws(AdministrationError) in
            try await asking { store throws(StoreError) in
                try await store.addAppPassword(record, for: password)
            }
            await self.record(
                entry(.addAppPassword, about: user, properties(of: record)),
                by: caller
            )
            return Completed(NewAppPassword(record: record, password: password))
        }
    }

    /// Removes an app password, and ends the sessions that signed in with it.
    package func removeAppPassword(
        _ id: AppPasswordID,
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<StoredAppPassword> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let removed: StoredAppPassword
            do throws(AdministrationError) {
                removed = try await asking { store throws(StoreError) in
                    try await store.removeAppPassword(id, of: user.id)
                }
            } catch {
                // Perhaps an answer was lost: whoever is told that it is gone may rely on it.
                await settle(.user("\(user.id)"))
                throw error
            }
            let outcome = await review(
                .user("\(user.id)"),
                reason: EndingReason.appPasswordRemoved
            )
            var properties = properties(of: removed)
            properties["revoked"] = outcome.counts
            await record(entry(.removeAppPassword, about: user, properties), by: caller)
            return Completed(removed, revocation: outcome)
        }
    }

    /// What the record says of an app password.
    private func properties(of record: StoredAppPassword) -> [String: JSONValue] {
        var properties: [String: JSONValue] = [
            "uuid": .text("\(record.id)"), "name": .text("\(record.name)"),
        ]
        properties["server"] = record.serverID.map { .text("\($0)") }
        return properties
    }
}
