import AccessControl
package import SubuserStore

extension Administration {
    /// What an owner has delegated, ordered by user name.
    package func delegations(
        by owner: UserReference,
        for actor: Actor
    ) async throws(AdministrationError) -> [Delegation] {
        let owner = try await account(of: owner, for: actor)
        return try await asking { store throws(StoreError) in
            try await store.delegations(by: owner.id)
        }
    }

    /// What an owner has delegated to a user.
    ///
    /// - Throws: `notFound` from the store.
    package func delegation(
        by owner: UserReference,
        to user: UserReference,
        for actor: Actor
    ) async throws(AdministrationError) -> Delegation {
        let delegations = try await delegations(by: owner, for: actor)
        let user = try await self.user(user)
        guard let delegation = delegations.first(where: { $0.userID == user.id }) else {
            throw .store(.notFound(.delegation))
        }
        return delegation
    }

    /// For whom a user may act, ordered by owner.
    package func delegations(
        to user: UserReference,
        for actor: Actor
    ) async throws(AdministrationError) -> [Delegation] {
        let user = try await account(of: user, for: actor)
        return try await asking { store throws(StoreError) in
            try await store.delegations(to: user.id)
        }
    }

    /// Lets a user act on all servers of an owner, those to come included.
    ///
    /// Their sessions on these servers end when the set is another one than before.
    package func setDelegation(
        by owner: UserReference,
        to user: UserReference,
        permissions names: [String],
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Put<Delegation>> {
        let owner = try await account(of: owner, for: actor)
        let user = try await self.user(user)
        let selection = try sharing.select(names)
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.setDelegation(
                    by: owner.id,
                    to: user.id,
                    permissions: selection.permissions
                )
            }
            guard let delegation = change.after else { throw .store(.notFound(.delegation)) }
            guard change.isChange else {
                await settle(.user("\(user.id)"))
                return Completed(
                    Put(value: delegation, isNew: false),
                    droppedPermissions: selection.unknown
                )
            }
            let outcome = await review(.user("\(user.id)"), reason: Self.changedReason)
            await record(change.entry(delegation, revoked: outcome), by: actor)
            return Completed(
                Put(value: delegation, isNew: change.before == nil),
                revocation: outcome,
                droppedPermissions: selection.unknown
            )
        }
    }

    /// Ends a delegation, and with it the user's sessions on the owner's servers.
    package func removeDelegation(
        by owner: UserReference,
        to user: UserReference,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<User> {
        let owner = try await account(of: owner, for: actor)
        let user = try await self.user(user)
        return try await completing { () async throws(AdministrationError) in
            let change: DelegationChange
            do throws(AdministrationError) {
                change = try await asking { store throws(StoreError) in
                    try await store.removeDelegation(by: owner.id, to: user.id)
                }
            } catch {
                await settle(.user("\(user.id)"))
                throw error
            }
            let outcome = await review(
                .user("\(user.id)"),
                reason: EndingReason.accessRemoved
            )
            if let removed = change.before {
                await record(change.entry(removed, revoked: outcome), by: actor)
            }
            return Completed(user, revocation: outcome)
        }
    }

    /// A user about whose whole account the actor may ask and decide: only their own, unless it is
    /// an administrator or the panel that asks.
    ///
    /// Others are not told whether there is such a user.
    func account(
        of reference: UserReference,
        for actor: Actor
    ) async throws(AdministrationError) -> User {
        guard let acting = actor.user, !acting.isAdministrator else {
            return try await user(reference)
        }
        do throws(AdministrationError) {
            let account = try await user(reference)
            guard account.id == acting.id else { throw .notTheirAccount }
            return account
        } catch {
            guard case .store(.notFound(.user)) = error else { throw error }
            throw .notTheirAccount
        }
    }
}

extension DelegationChange {
    /// What is recorded of the delegation that it set or removed.
    func entry(_ delegation: Delegation, revoked: RevocationOutcome) -> ActivityEntry {
        var properties: [String: JSONValue] = [
            "owner": .text("\(delegation.ownerName)"), "email": .text("\(delegation.email)"),
            "revoked": revoked.counts,
        ]
        if let before { properties["old"] = .texts(before.permissions.names) }
        if let after { properties["new"] = .texts(after.permissions.names) }
        return ActivityEntry(
            event,
            userID: delegation.userID,
            userName: "\(delegation.userName)",
            ownerID: delegation.ownerID,
            properties: properties
        )
    }

    private var event: ActivityEvent {
        switch (before, after) {
        case (nil, _): .delegate
        case (_, nil): .removeDelegation
        case (_?, _?): .changeDelegation
        }
    }
}
