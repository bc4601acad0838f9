import AccessControl
package import SubuserStore

extension Administration {
    /// With whom a server is shared, and who is invited; each ordered.
    package func members(
        of reference: ServerReference
    ) async throws(AdministrationError) -> [Member] {
        try await asking { store throws(StoreError) in
            let server = try await store.server(reference).id
            return try await store.subusers(of: server).map { .subuser($0) }
                + store.invitations(to: server).map { .invitation($0) }
        }
    }

    /// One of them.
    ///
    /// - Throws: `notFound` from the store.
    package func member(
        _ reference: UserReference,
        of server: ServerReference
    ) async throws(AdministrationError) -> Member {
        let members = try await members(of: server)
        guard let member = members.first(where: { reference.means($0) }) else {
            throw .store(.notFound(.subuser))
        }
        return member
    }

    /// Lets a user work on a server, or invites an address that nobody has yet.
    ///
    /// Names that mean nothing here are left out and told, unless the host refuses them.
    package func addMember(
        _ reference: UserReference,
        to server: ServerReference,
        permissions names: [String],
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        let server = try await self.server(server)
        let selection = try sharing.select(names)
        do throws(AdministrationError) {
            return try await add(reference, to: server, selection, by: actor)
        } catch {
            guard case .store(.notFound(.user)) = error, case .email(let email) = reference,
                case .invite(let lifetime) = sharing.unknownEmail
            else { throw error }
            do throws(AdministrationError) {
                return try await invite(
                    email,
                    to: server,
                    selection,
                    lifetime: lifetime,
                    by: actor
                )
            } catch {
                // Somebody has got an account with this address in between.
                guard case .store(.alreadyExists(.email)) = error else { throw error }
                return try await add(reference, to: server, selection, by: actor)
            }
        }
    }

    private func add(
        _ reference: UserReference,
        to server: Server,
        _ selection: PermissionSelection,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let subuser = try await asking { store throws(StoreError) in
                try await store.addSubuser(
                    user.id,
                    on: server.id,
                    permissions: selection.permissions,
                    check: check(actor)
                )
            }
            // Who acts for the owner may be connected, with rights that are not theirs any more.
            let outcome = await review(subuser.sessions, reason: Self.changedReason)
            await record(subuser.creation(revoked: outcome), by: actor)
            return Completed(
                .subuser(subuser),
                revocation: outcome,
                droppedPermissions: selection.unknown
            )
        }
    }

    /// Replaces a member's permissions, and ends their sessions on this server.
    ///
    /// An equal set changes nothing, ends nothing and is not recorded.
    package func changeMember(
        _ reference: UserReference,
        of server: ServerReference,
        permissions names: [String],
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        try await changeMember(
            member(reference, of: server),
            permissions: names,
            by: actor
        )
    }

    /// The same for exactly this one, who may be a subuser or an invitation.
    package func changeMember(
        _ current: Member,
        permissions names: [String],
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        let selection = try sharing.select(names)
        switch current {
        case .subuser(let subuser): return try await change(subuser, to: selection, by: actor)
        case .invitation(let invitation):
            return try await change(invitation, to: selection, by: actor)
        }
    }

    /// Takes a member's access to a server away, and ends their sessions on it.
    package func removeMember(
        _ reference: UserReference,
        of server: ServerReference,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        do throws(AdministrationError) {
            return try await removeMember(member(reference, of: server), by: actor)
        } catch {
            await settle(reference, on: server)
            throw error
        }
    }

    /// Sees that somebody who is no member does not go on as one.
    package func settle(_ reference: UserReference, on server: ServerReference) async {
        guard let user = try? await user(reference), let server = try? await self.server(server)
        else { return }
        await settle(.userOnServer(user: "\(user.id)", server: "\(server.id)"))
    }

    /// The same for exactly this one, who may be a subuser or an invitation.
    package func removeMember(
        _ current: Member,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        switch current {
        case .subuser(let subuser): try await remove(subuser, by: actor)
        case .invitation(let invitation): try await withdraw(invitation, by: actor)
        }
    }

    private func change(
        _ current: Subuser,
        to selection: PermissionSelection,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.changeSubuser(
                    current.userID,
                    on: current.serverID,
                    permissions: selection.permissions,
                    check: check(actor)
                )
            }
            guard change.isChange else {
                await settle(change.after.sessions)
                return Completed(.subuser(change.after), droppedPermissions: selection.unknown)
            }
            let outcome = await review(change.after.sessions, reason: Self.changedReason)
            let properties: [String: JSONValue] = [
                "email": .text("\(change.after.email)"),
                "old": .texts(change.before.permissions.names),
                "new": .texts(change.after.permissions.names),
                "revoked": outcome.counts,
            ]
            await record(change.after.entry(.changeSubuser, properties), by: actor)
            return Completed(
                .subuser(change.after),
                revocation: outcome,
                droppedPermissions: selection.unknown
            )
        }
    }

    private func remove(
        _ current: Subuser,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeSubuser(
                    current.userID,
                    on: current.serverID,
                    check: check(actor)
                )
            }
            let outcome = await review(removed.sessions, reason: EndingReason.accessRemoved)
            await record(removed.removal(revoked: outcome), by: actor)
            return Completed(.subuser(removed), revocation: outcome)
        }
    }

    static let changedReason = EndingReason.permissionsChanged

    /// How the store decides for somebody; nil for the panel itself.
    func check(_ actor: Actor) -> AssignmentCheck? {
        actor.user.map { AssignmentCheck(actor: $0.id, rule: sharing.rule) }
    }
}
