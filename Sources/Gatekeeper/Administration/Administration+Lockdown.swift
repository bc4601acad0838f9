import AccessControl
package import SubuserStore

extension Administration {
    /// Whether the host is locked; nil while it is open.
    package func lockdown() async throws(AdministrationError) -> Lockdown? {
        try await asking { store throws(StoreError) in try await store.lockdown() }
    }

    /// Lets nobody sign in any more, and ends every session.
    ///
    /// On a host that is locked already it changes the text, and ends whatever should not be there.
    package func lock(
        text: DisplayName?,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Lockdown> {
        try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.setLockdown(text: text)
            }
            let lockdown = change.after ?? Lockdown(text: text, since: .now)
            let outcome = await review(.everything, reason: lockdown.message)
            if change.isChange || outcome.found > 0 {
                var properties: [String: JSONValue] = ["revoked": outcome.counts]
                properties["text"] = text.map { .text("\($0)") }
                await record(ActivityEntry(.lock, properties: properties), by: caller)
            }
            return Completed(lockdown, revocation: outcome)
        }
    }

    /// Lets people sign in again; answers whether they could not.
    package func unlock(
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Bool> {
        try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.endLockdown()
            }
            if change.isChange { await record(ActivityEntry(.unlock), by: caller) }
            return Completed(change.isChange)
        }
    }
}
