import AccessControl
import Gatekeeper
import SubuserStore

/// What each resource and method does.
///
/// Routes throw the errors of the layers they call as they are; `ControlError` sorts them in one
/// place.
struct ControlRoutes: Sendable {
    let administration: Administration
    let version: String
    private let description: APIDescription

    init(administration: Administration, version: String) {
        self.administration = administration
        self.version = version
        description = APIDescription(version: version)
    }

    /// Does what the request asks for.
    func answer(_ request: ControlRequest) async throws -> Answer {
        switch (request.resource, request.verb) {
        case (.health, .get): return try await health()
        case (.description, .get): return .ok(description.members)
        case (.users, .get): return try await listUsers()
        case (.users, .post): return try await createUser(request)
        case (.user(let user), .get): return try await showUser(user)
        case (.user(let id), .put): return try await putUser(id, request)
        case (.user(let user), .patch): return try await changeUser(user, request)
        case (.user(let user), .delete): return try await deleteUser(user, request)
        case (.keys(let user), .get): return try await listKeys(of: user)
        case (.keys(let user), .post): return try await addKey(of: user, request)
        case (.keys(let user), .put): return try await putKey(of: user, request)
        case (.key(let fingerprint, let user), .delete):
            return try await removeKey(fingerprint, of: user, request)
        case (.signIn(let resource, let user), _):
            return try await answer(resource, of: user, request)
        case (.delegations(let owner), .get): return try await listDelegations(by: owner, request)
        case (.delegation(let user, let owner), .get):
            return try await showDelegation(by: owner, to: user, request)
        case (.delegation(let user, let owner), .put):
            return try await putDelegation(by: owner, to: user, request)
        case (.delegation(let user, let owner), .delete):
            return try await removeDelegation(by: owner, to: user, request)
        case (.access(let user), .get): return try await showAccess(of: user, request)
        case (.servers, .get): return try await listServers()
        case (.servers, .post): return try await createServer(request)
        case (.server(let server), .get): return try await showServer(server)
        case (.server(let id), .put): return try await putServer(id, request)
        case (.server(let server), .patch): return try await changeServer(server, request)
        case (.server(let server), .delete): return try await deleteServer(server, request)
        case (.subusers(let server), .get): return try await listSubusers(of: server)
        case (.subusers(let server), .post): return try await addSubuser(to: server, request)
        case (.subuser(let user, let server), .get):
            return try await showSubuser(user, on: server)
        case (.subuser(let user, let server), .put):
            return try await putSubuser(user, on: server, request)
        case (.subuser(let user, let server), .patch):
            return try await changeSubuser(user, on: server, request)
        case (.subuser(let user, let server), .delete):
            return try await removeSubuser(user, on: server, request)
        case (.sessions, .get): return await listSessions()
        case (.session(let id), .delete): return try await endSession(id, request)
        case (.revocations, .get): return try await listRevocations(request)
        case (.revocations, .post): return try await revoke(request)
        case (.revocation(let job), .get): return try await showRevocation(job)
        case (.activity, .get): return try await listActivity(request)
        case (.permissions, .get): return listPermissions()
        case (.lockdown, .get): return try await showLockdown()
        case (.lockdown, .put): return try await lock(request)
        case (.lockdown, .delete): return try await unlock(request)
        case (.bans, _): return try await answerBans(request)
        case (.ban(let subject), _): return try await answerBan(subject, request)
        case (.health, _), (.description, _), (.users, _), (.user, _), (.keys, _), (.key, _),
            (.delegations, _), (.delegation, _), (.access, _), (.servers, _), (.server, _),
            (.subusers, _),
            (.subuser, _), (.sessions, _), (.session, _),
            (.revocations, _), (.revocation, _), (.activity, _), (.events, _), (.permissions, _),
            (.snapshot, _), (.lockdown, _):
            throw ControlError.methodNotAllowed(request)
        }
    }

    private func health() async throws -> Answer {
        // One reading shows that the store can be read.
        _ = try await administration.activity(ActivityQuery(limit: 1))
        let sessions = await administration.sessions()
        return .ok([
            "status": "ok", "version": .text(version), "sessions": .number(Int64(sessions.count)),
        ])
    }

    private func listPermissions() -> Answer {
        let presets = PermissionPreset.allCases.map { preset in
            JSONValue.object([
                "name": .text(preset.rawValue),
                "summary": .text(preset.summary),
                "permissions": .texts(
                    administration.sharing.catalogue.permissions(of: preset).names
                ),
            ])
        }
        return .ok([
            "groups": .list(administration.sharing.catalogue.groups.map { JSONValue($0) }),
            "presets": .list(presets),
        ])
    }
}

extension ControlRoutes {
    /// The user that a path or a field names.
    func user(named name: String) throws(AdministrationError) -> UserReference {
        guard let reference = UserReference(name) else { throw .store(.notFound(.user)) }
        return reference
    }

    /// The server that a path or a field names.
    func server(named name: String) throws(AdministrationError) -> ServerReference {
        guard let reference = ServerReference(name) else { throw .store(.notFound(.server)) }
        return reference
    }
}

extension Completed {
    /// The members of the answer to a change.
    func members(_ name: String, _ json: (Value) -> JSONValue) -> [String: JSONValue] {
        members([name: json(value)])
    }

    /// The members of the answer to a change, `content` and what it ended.
    func members(_ content: [String: JSONValue]) -> [String: JSONValue] {
        var members = content
        members["revocation"] = JSONValue(revocation)
        if !droppedPermissions.isEmpty {
            members["droppedPermissions"] = .texts(droppedPermissions)
        }
        return members
    }

    /// The members of the answer to a deletion.
    func members(deleted name: String) -> [String: JSONValue] {
        ["deleted": .text(name), "revocation": JSONValue(revocation)]
    }
}
