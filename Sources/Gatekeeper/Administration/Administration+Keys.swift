import AccessControl
package import SubuserStore

extension Administration {
    /// A user's keys, oldest first.
    package func keys(
        of reference: UserReference
    ) async throws(AdministrationError) -> [StoredKey] {
        try await asking { store throws(StoreError) in
            try await store.keys(of: try await store.user(reference).id)
        }
    }

    /// Adds a key; without a name it gets its comment as one, where that can be a name.
    package func addKey(
        _ key: PublicKey,
        name: DisplayName?,
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<StoredKey> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let stored = try await asking { store throws(StoreError) in
                try await store.addKey(
                    key,
                    name: name ?? (try? DisplayName(key.comment)),
                    of: user.id
                )
            }
            await record(
                entry(.addKey, about: user, properties(of: stored)),
                by: caller
            )
            return Completed(stored)
        }
    }

    /// Removes a key, and ends the sessions that signed in with it.
    package func removeKey(
        _ fingerprint: KeyFingerprint,
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<StoredKey> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeKey(fingerprint, of: user.id)
            }
            let outcome = await live.revoke(
                .keyOfUser(user: "\(user.id)", fingerprint: "\(fingerprint)"),
                reason: EndingReason.keyRemoved
            )
            var properties = properties(of: removed)
            properties["revoked"] = outcome.counts
            await record(entry(.removeKey, about: user, properties), by: caller)
            return Completed(removed, revocation: outcome)
        }
    }

    /// What the record says of a key.
    func properties(of key: StoredKey) -> [String: JSONValue] {
        ["fingerprint": .text("\(key.fingerprint)"), "type": .text(key.kind.rawValue)]
    }
}
