package import AccessControl
package import SubuserStore

extension Administration {
    /// What somebody may do on a server; nil where they cannot see it, the panel everything.
    package func standing(
        of actor: Actor,
        on reference: ServerReference
    ) async throws(AdministrationError) -> Standing? {
        guard let user = actor.user else {
            let server = try await server(reference)
            return Standing(server: server, role: .administrator, authority: .everything)
        }
        return try await asking { store throws(StoreError) in
            try await store.standing(of: user.id, on: reference)
        }
    }

    /// What a member may do on their server in all, and what somebody invited will; nil once they
    /// have no access any more.
    package func authority(of member: Member) async throws(AdministrationError) -> Authority? {
        switch member {
        case .subuser(let subuser):
            try await asking { store throws(StoreError) in
                try await store.standing(of: subuser.userID, on: .id(subuser.serverID))
            }?.authority
        case .invitation(let invitation): .holding(invitation.permissions)
        }
    }

    /// Every server on which a user may do anything.
    package func standings(
        of reference: UserReference,
        for actor: Actor
    ) async throws(AdministrationError) -> [Standing] {
        let user = try await account(of: reference, for: actor)
        return try await asking { store throws(StoreError) in
            try await store.standings(of: user.id)
        }
    }
}
