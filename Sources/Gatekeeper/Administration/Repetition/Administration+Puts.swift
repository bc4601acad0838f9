import AccessControl
package import SubuserStore

/// Something that was to be as it was described.
package struct Put<Value: Sendable>: Sendable {
    package let value: Value
    /// Whether it was made by this.
    package let isNew: Bool
}

extension Administration {
    /// Makes a user with this uuid, or gives the one there is what is described.
    ///
    /// What the revision leaves out stays as it is, or is as for any new user. A password that is
    /// the user's already is no change, though it would get another hash.
    ///
    /// - Throws: `store` with `notFound` when the user is not there and the revision does not
    ///   name everything that a new one needs.
    package func putUser(
        _ id: UserID,
        _ revision: UserRevision,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Put<SavedUser>> {
        try await putting(.user) { () async throws(AdministrationError) in
            var revision = revision
            let current = try await user(.id(id))
            revision.password = try await withoutRepetition(revision.password, of: current)
            let changed = try await changeUser(.id(id), revision, by: caller)
            return changed.map { Put(value: $0, isNew: false) }
        } make: { () async throws(AdministrationError) in
            guard let name = revision.name, let email = revision.email else {
                throw .store(.notFound(.user))
            }
            var password: PasswordInput?
            if case .replace(let input) = revision.password { password = input }
            let draft = UserDraft(
                id: id,
                name: name,
                email: email,
                password: password,
                isAdministrator: revision.isAdministrator ?? false,
                hasTwoFactor: revision.hasTwoFactor ?? false,
                isDisabled: revision.isDisabled ?? false,
                policy: revision.policy.applied(to: nil)
            )
            let made = try await createUser(draft, by: caller)
            return made.map { Put(value: $0, isNew: true) }
        }
    }

    /// Makes a server with this uuid, or gives the one there is what is described.
    ///
    /// What the revision leaves out stays as it is, or is as for any new server.
    ///
    /// - Throws: `store` with `notFound` when the server is not there and the revision does not
    ///   name everything that a new one needs.
    package func putServer(
        _ id: ServerID,
        _ revision: ServerRevision,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Put<Server>> {
        try await putting(.server) { () async throws(AdministrationError) in
            let changed = try await changeServer(.id(id), revision, by: caller)
            return changed.map { Put(value: $0, isNew: false) }
        } make: { () async throws(AdministrationError) in
            guard let name = revision.name, let owner = revision.owner,
                let directory = revision.directory
            else { throw .store(.notFound(.server)) }
            let draft = ServerDraft(
                id: id,
                name: name,
                owner: owner,
                directory: directory,
                state: revision.state ?? .normal,
                policy: revision.policy.applied(to: nil)
            )
            let made = try await createServer(draft, by: caller)
            return made.map { Put(value: $0, isNew: true) }
        }
    }

    /// Lets a user work on a server with exactly these permissions, whatever they held before.
    package func putMember(
        _ reference: UserReference,
        of server: ServerReference,
        permissions names: [String],
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Put<Member>> {
        try await putting(.subuser) { () async throws(AdministrationError) in
            let changed = try await changeMember(
                reference,
                of: server,
                permissions: names,
                by: actor
            )
            return changed.map { Put(value: $0, isNew: false) }
        } make: { () async throws(AdministrationError) in
            let made = try await addMember(
                reference,
                to: server,
                permissions: names,
                by: actor
            )
            return made.map { Put(value: $0, isNew: true) }
        }
    }

    /// Adds a key, or gives it another name; without a name it keeps the one it has.
    package func putKey(
        _ key: PublicKey,
        name: DisplayName?,
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Put<StoredKey>> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.putKey(key, name: name, of: user.id)
            }
            var properties = properties(of: change.after)
            guard let before = change.before else {
                await record(
                    entry(.addKey, about: user, properties),
                    by: caller
                )
                return Completed(Put(value: change.after, isNew: true))
            }
            if before != change.after {
                properties["name"] = .change(
                    from: before.name?.description ?? "",
                    to: change.after.name?.description ?? ""
                )
                await record(entry(.changeKey, about: user, properties), by: caller)
            }
            return Completed(Put(value: change.after, isNew: false))
        }
    }

    /// Changes what is there, makes what is not, and changes it after all when somebody else made
    /// it in between.
    ///
    /// Which of its unique parts such a rival was first with is no matter: while it still is not
    /// there, they are somebody else's.
    private func putting<Value: Sendable>(
        _ subject: StoreError.Subject,
        change: () async throws(AdministrationError) -> Completed<Value>,
        make: () async throws(AdministrationError) -> Completed<Value>
    ) async throws(AdministrationError) -> Completed<Value> {
        do throws(AdministrationError) {
            return try await change()
        } catch {
            guard error.tellsAbsence(of: subject) else { throw error }
        }
        let conflict: AdministrationError
        do throws(AdministrationError) {
            return try await make()
        } catch {
            guard case .store(.alreadyExists) = error else { throw error }
            conflict = error
        }
        do throws(AdministrationError) {
            return try await change()
        } catch {
            throw error.tellsAbsence(of: subject) ? conflict : error
        }
    }

    /// Leaves a password alone that is the user's already.
    private func withoutRepetition(
        _ edit: PasswordEdit,
        of user: User
    ) async throws(AdministrationError) -> PasswordEdit {
        guard case .replace(.plain(let password)) = edit else { return edit }
        let stored = try await asking { store throws(StoreError) in
            try store.signInCredentials(userName: "\(user.name)")?.passwordHash
        }
        guard let stored, await hasher.verify(password, against: stored) else { return edit }
        return .keep
    }
}

extension AdministrationError {
    /// Whether there is no such thing to be changed.
    ///
    /// An invitation that is gone may have become its subuser.
    fileprivate func tellsAbsence(of subject: StoreError.Subject) -> Bool {
        guard case .store(.notFound(let missing)) = self else { return false }
        return missing == subject || (subject == .subuser && missing == .invitation)
    }
}
