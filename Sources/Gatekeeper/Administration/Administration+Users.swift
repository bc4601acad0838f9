import AccessControl
package import SubuserStore

extension Administration {
    /// Every user, ordered by name.
    package func users() async throws(AdministrationError) -> [User] {
        try await asking { store throws(StoreError) in try await store.users() }
    }

    /// - Throws: `notFound` from the store.
    package func user(
        _ reference: UserReference
    ) async throws(AdministrationError) -> User {
        try await asking { store throws(StoreError) in try await store.user(reference) }
    }

    package func createUser(
        _ draft: UserDraft,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SavedUser> {
        var hash: String?
        if let password = draft.password { hash = try await hasher.hash(password) }
        let new = NewUser(
            id: draft.id ?? .random(),
            name: draft.name,
            email: draft.email,
            passwordHash: hash,
            isAdministrator: draft.isAdministrator,
            hasTwoFactor: draft.hasTwoFactor,
            isDisabled: draft.isDisabled,
            policy: draft.policy
        )
        return try await completing { () async throws(AdministrationError) in
            let added = try await asking { store throws(StoreError) in
                try await store.addUser(new)
            }
            let user = added.user
            var properties: [String: JSONValue] = ["email": .text("\(user.email)")]
            if user.isAdministrator { properties["administrator"] = true }
            if user.isDisabled { properties["disabled"] = true }
            if let policy = user.policy { properties["signIn"] = JSONValue(policy) }
            await record(entry(.createUser, about: user, properties), by: caller)
            for subuser in added.fulfilled {
                await record(subuser.creation(revoked: RevocationOutcome()), by: caller)
            }
            return Completed(added)
        }
    }

    /// Changes a user, and ends their sessions when that takes anything away from them.
    ///
    /// What a new address was invited to becomes theirs, and their sessions there end.
    package func changeUser(
        _ reference: UserReference,
        _ revision: UserRevision,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SavedUser> {
        let id = try await user(reference).id
        let password: UserEdit.Password =
            switch revision.password {
            case .keep: .keep
            case .remove: .remove
            case .replace(let input): .replace(hash: try await hasher.hash(input))
            }
        let edit = UserEdit(
            name: revision.name,
            email: revision.email,
            password: password,
            isAdministrator: revision.isAdministrator,
            hasTwoFactor: revision.hasTwoFactor,
            isDisabled: revision.isDisabled,
            policy: revision.policy
        )
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.changeUser(id, edit)
            }
            let saved = SavedUser(user: change.after, fulfilled: change.fulfilled)
            guard change.isChange else {
                await settle(.user("\(id)"))
                return Completed(saved)
            }
            var outcome = RevocationOutcome()
            if let reason = change.endingReason {
                outcome = await live.revoke(.user("\(id)"), reason: reason)
            } else if change.before.isAdministrator != change.after.isAdministrator {
                outcome = await review(.user("\(id)"), reason: EndingReason.administratorChanged)
            } else if change.isDemandChanged {
                outcome = await review(.user("\(id)"), reason: EndingReason.signInChanged)
            } else if !change.fulfilled.isEmpty {
                outcome = await review(.user("\(id)"), reason: Self.changedReason)
            }
            // After the sessions, which do not wait for it.
            if change.isPasswordChanged { await penalties.forgetSources(of: [id]) }
            await record(
                entry(.changeUser, about: change.after, change.properties(revoked: outcome)),
                by: caller
            )
            let ended = PlacedOutcome(outcome)
            for subuser in change.fulfilled {
                await record(subuser.creation(revoked: ended[subuser.place]), by: caller)
            }
            for invitation in change.withdrawn { await record(invitation.withdrawal, by: caller) }
            return Completed(saved, revocation: outcome)
        }
    }

    /// Deletes a user who owns no server, and ends their sessions.
    package func deleteUser(
        _ reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<User> {
        var known: UserID?
        if case .id(let id) = reference { known = id }
        do throws(AdministrationError) {
            let id = try await user(reference).id
            known = id
            return try await delete(id, by: caller)
        } catch {
            if let known { await settle(.user("\(known)")) }
            throw error
        }
    }

    private func delete(
        _ id: UserID,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<User> {
        try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeUser(id)
            }
            let user = removed.user
            let outcome = await live.revoke(
                .user("\(id)"),
                reason: EndingReason.accountDeleted
            )
            await penalties.forget([id])
            await keep(removed.entries(PlacedOutcome(outcome)), by: Actor(caller))
            let properties = ["email": .text("\(user.email)"), "revoked": outcome.counts]
            await record(entry(.deleteUser, about: user, properties), by: caller)
            return Completed(user, revocation: outcome)
        }
    }

    func entry(
        _ event: ActivityEvent,
        about user: User,
        _ properties: [String: JSONValue]
    ) -> ActivityEntry {
        ActivityEntry(
            event,
            userID: user.id,
            userName: "\(user.name)",
            properties: properties
        )
    }
}

extension UserChange {
    /// Whether something else may be demanded of the user at a sign-in.
    fileprivate var isDemandChanged: Bool {
        before.policy != after.policy || before.hasTwoFactor != after.hasTwoFactor
    }
}

extension RemovedUser {
    /// What is recorded of each access that went with them.
    fileprivate func entries(_ outcome: PlacedOutcome) -> [ActivityEntry] {
        subusers.map { $0.removal(revoked: outcome[$0.place]) }
            + delegations.map { removed in
                let delegation = removed.delegation
                return DelegationChange(before: delegation, after: nil).entry(
                    delegation,
                    revoked: outcome.outcome(of: delegation.userID, on: removed.servers)
                )
            }
    }
}

extension UserChange {
    /// Why all of the user's sessions end, whatever they may do; nil when they may stay.
    fileprivate var endingReason: String? {
        if after.isDisabled && !before.isDisabled { return EndingReason.accountDisabled }
        if isPasswordChanged { return EndingReason.passwordChanged }
        if before.name != after.name { return EndingReason.userNameChanged }
        return nil
    }

    fileprivate func properties(revoked: RevocationOutcome) -> [String: JSONValue] {
        var properties: [String: JSONValue] = ["revoked": revoked.counts]
        if before.name != after.name {
            properties["username"] = .change(from: "\(before.name)", to: "\(after.name)")
        }
        if before.email.description != after.email.description {
            properties["email"] = .change(from: "\(before.email)", to: "\(after.email)")
        }
        if isPasswordChanged { properties["password"] = true }
        if before.isAdministrator != after.isAdministrator {
            properties["administrator"] = .flag(after.isAdministrator)
        }
        if before.hasTwoFactor != after.hasTwoFactor {
            properties["twoFactor"] = .flag(after.hasTwoFactor)
        }
        if before.isDisabled != after.isDisabled {
            properties["disabled"] = .flag(after.isDisabled)
        }
        if before.policy != after.policy {
            properties["signIn"] = .change(from: before.policy, to: after.policy)
        }
        return properties
    }
}

extension JSONValue {
    /// A text that became another one.
    static func change(from old: String, to new: String) -> JSONValue {
        .object(["old": .text(old), "new": .text(new)])
    }
}
