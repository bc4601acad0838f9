import AccessControl
import SubuserStore

extension Administration {
    func invite(
        _ email: Email,
        to server: Server,
        _ selection: PermissionSelection,
        lifetime: Int64,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        let expiry = Timestamp(milliseconds: Timestamp.now.milliseconds + lifetime)
        return try await completing { () async throws(AdministrationError) in
            let invitation = try await asking { store throws(StoreError) in
                try await store.addInvitation(
                    of: email,
                    to: server.id,
                    permissions: selection.permissions,
                    expiresAt: expiry,
                    check: check(actor)
                )
            }
            let properties: [String: JSONValue] = [
                "email": .text("\(invitation.email)"),
                "permissions": .texts(invitation.permissions.names),
            ]
            await record(invitation.entry(.invite, properties), by: actor)
            return Completed(.invitation(invitation), droppedPermissions: selection.unknown)
        }
    }

    func change(
        _ current: Invitation,
        to selection: PermissionSelection,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.changeInvitation(
                    current.id,
                    to: current.serverID,
                    permissions: selection.permissions,
                    check: check(actor)
                )
            }
            if change.isChange {
                let properties: [String: JSONValue] = [
                    "email": .text("\(change.after.email)"),
                    "old": .texts(change.before.permissions.names),
                    "new": .texts(change.after.permissions.names),
                ]
                await record(
                    change.after.entry(.changeInvitation, properties),
                    by: actor
                )
            }
            return Completed(.invitation(change.after), droppedPermissions: selection.unknown)
        }
    }

    func withdraw(
        _ current: Invitation,
        by actor: Actor
    ) async throws(AdministrationError) -> Completed<Member> {
        try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeInvitation(
                    current.id,
                    to: current.serverID,
                    check: check(actor)
                )
            }
            await record(removed.withdrawal, by: actor)
            return Completed(.invitation(removed))
        }
    }
}

extension Invitation {
    /// What is recorded when it is taken back, or cannot become an assignment.
    var withdrawal: ActivityEntry {
        entry(.withdrawInvitation, ["email": .text("\(email)")])
    }

    fileprivate func entry(
        _ event: ActivityEvent,
        _ properties: [String: JSONValue]
    ) -> ActivityEntry {
        ActivityEntry(event, serverID: serverID, properties: properties)
    }
}
