package import AccessControl
import LinuxSystem
package import SubuserStore

/// What is needed to create a server.
package struct ServerDraft: Sendable {
    /// Nil for a new random one.
    package var id: ServerID?
    package var name: DisplayName
    package var owner: UserReference
    package var directory: ServerDirectory
    package var state: ServerState
    /// What is demanded of everybody who signs in on it; nil for nothing in particular.
    package var policy: SignInPolicy?

    package init(
        id: ServerID? = nil,
        name: DisplayName,
        owner: UserReference,
        directory: ServerDirectory,
        state: ServerState = .normal,
        policy: SignInPolicy? = nil
    ) {
        self.id = id
        self.name = name
        self.owner = owner
        self.directory = directory
        self.state = state
        self.policy = policy
    }
}

/// What shall become different about a server; nil leaves a part as it is.
package struct ServerRevision: Sendable {
    package var name: DisplayName?
    package var owner: UserReference?
    package var directory: ServerDirectory?
    package var state: ServerState?
    package var policy: PolicyEdit

    package init(
        name: DisplayName? = nil,
        owner: UserReference? = nil,
        directory: ServerDirectory? = nil,
        state: ServerState? = nil,
        policy: PolicyEdit = .keep
    ) {
        self.name = name
        self.owner = owner
        self.directory = directory
        self.state = state
        self.policy = policy
    }
}

extension Administration {
    /// Every server, ordered by name.
    package func servers() async throws(AdministrationError) -> [Server] {
        try await asking { store throws(StoreError) in try await store.servers() }
    }

    /// - Throws: `notFound` from the store.
    package func server(
        _ reference: ServerReference
    ) async throws(AdministrationError) -> Server {
        try await asking { store throws(StoreError) in try await store.server(reference) }
    }

    /// Creates a server whose directory is there already.
    package func createServer(
        _ draft: ServerDraft,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Server> {
        let owner = try await user(draft.owner)
        try check(draft.directory)
        let new = NewServer(
            id: draft.id ?? .random(),
            name: draft.name,
            ownerID: owner.id,
            directory: draft.directory,
            state: draft.state,
            policy: draft.policy
        )
        return try await completing { () async throws(AdministrationError) in
            let server = try await asking { store throws(StoreError) in
                try await store.addServer(new)
            }
            var properties: [String: JSONValue] = [
                "name": .text("\(server.name)"), "owner": .text("\(server.ownerID)"),
                "directory": .text(server.directory.path), "state": .text(server.state.rawValue),
            ]
            if let policy = server.policy { properties["signIn"] = JSONValue(policy) }
            await record(entry(.createServer, about: server, properties), by: caller)
            return Completed(server)
        }
    }

    /// Changes a server, and ends the sessions that rest on what it was.
    package func changeServer(
        _ reference: ServerReference,
        _ revision: ServerRevision,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Server> {
        let server = try await server(reference)
        var ownerID: UserID?
        if let owner = revision.owner { ownerID = try await user(owner).id }
        if let directory = revision.directory, directory != server.directory {
            try check(directory)
        }
        let edit = ServerEdit(
            name: revision.name,
            ownerID: ownerID,
            directory: revision.directory,
            state: revision.state,
            policy: revision.policy
        )
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.changeServer(server.id, edit)
            }
            guard change.isChange else {
                await settle(.server("\(server.id)"))
                return Completed(change.after)
            }
            var outcome = RevocationOutcome()
            if let reason = change.endingReason {
                outcome = await review(.server("\(server.id)"), reason: reason)
            }
            await record(
                entry(.changeServer, about: change.after, change.properties(revoked: outcome)),
                by: caller
            )
            return Completed(change.after, revocation: outcome)
        }
    }

    /// Forgets a server and ends its sessions; its files stay where they are.
    package func deleteServer(
        _ reference: ServerReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Server> {
        var known: ServerID?
        if case .id(let id) = reference { known = id }
        do throws(AdministrationError) {
            let id = try await server(reference).id
            known = id
            return try await delete(id, by: caller)
        } catch {
            if let known { await settle(.server("\(known)")) }
            throw error
        }
    }

    private func delete(
        _ id: ServerID,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Server> {
        try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeServer(id)
            }
            let server = removed.server
            let outcome = await live.revoke(
                .server("\(id)"),
                reason: EndingReason.serverDeleted
            )
            let ended = PlacedOutcome(outcome)
            let entries = removed.subusers.map { $0.removal(revoked: ended[$0.place]) }
            await keep(entries, by: Actor(caller))
            let properties: [String: JSONValue] = [
                "name": .text("\(server.name)"), "owner": .text("\(server.ownerID)"),
                "directory": .text(server.directory.path), "revoked": outcome.counts,
            ]
            await record(entry(.deleteServer, about: server, properties), by: caller)
            return Completed(server, revocation: outcome)
        }
    }

    /// Sees that a directory is one, below the volumes directory, without a link on the way.
    private func check(_ directory: ServerDirectory) throws(AdministrationError) {
        let root: FileDescriptor
        do throws(SystemError) {
            root = try FileDescriptor.directory(at: volumes)
        } catch {
            throw .volumes(path: volumes, error)
        }
        do throws(SystemError) {
            _ = try root.directory(beneath: directory.path)
        } catch {
            throw .directory(directory, error)
        }
    }

    private func entry(
        _ event: ActivityEvent,
        about server: Server,
        _ properties: [String: JSONValue]
    ) -> ActivityEntry {
        ActivityEntry(event, serverID: server.id, properties: properties)
    }
}

extension ServerChange {
    /// What the sessions are told whose access to the server is another one now; nil when none is.
    fileprivate var endingReason: String? {
        if before.state.allowsAccess && !after.state.allowsAccess {
            return EndingReason.serverClosed(after.state)
        }
        if before.directory != after.directory { return EndingReason.serverMoved }
        // Of the owners, of whoever was a subuser and is the owner, and of whoever acts for either.
        if before.ownerID != after.ownerID { return EndingReason.ownerChanged }
        return before.policy != after.policy ? EndingReason.signInChanged : nil
    }

    fileprivate func properties(revoked: RevocationOutcome) -> [String: JSONValue] {
        var properties: [String: JSONValue] = ["revoked": revoked.counts]
        if before.name != after.name {
            properties["name"] = .change(from: "\(before.name)", to: "\(after.name)")
        }
        if before.ownerID != after.ownerID {
            properties["owner"] = .change(from: "\(before.ownerID)", to: "\(after.ownerID)")
        }
        if before.directory != after.directory {
            properties["directory"] = .change(from: before.directory.path, to: after.directory.path)
        }
        if before.state != after.state {
            properties["state"] = .change(from: before.state.rawValue, to: after.state.rawValue)
        }
        if before.policy != after.policy {
            properties["signIn"] = .change(from: before.policy, to: after.policy)
        }
        if let endedSubuser {
            properties["endedSubuser"] = .text("\(endedSubuser.email)")
        }
        return properties
    }
}
