import AccessControl
import Gatekeeper
import HTTPTypes
import SubuserStore

/// What each resource and method of the panel-shaped part does.
///
/// The order of the checks is that of the panels: who asks, whether they see the server and the
/// member, its state, what they may do, and only then what is wrong with the request. It decides
/// which answer comes where two would be right; what is really done decides the store.
struct ClientRoutes: Sendable {
    let administration: Administration

    /// Does what the request asks for.
    func answer(_ request: ClientRequest) async throws -> ClientAnswer {
        if request.resource == .deauthorization { return try await deauthorize(request) }
        let named = request.actingUser
        guard
            let actor = try await administration.actor(request.caller, inTheNameOf: named)
        else { throw ClientError.unauthenticated }
        // Panels find out that a body is no JSON before they look anything up.
        let form = try ClientForm(request.body)
        switch (request.resource, request.verb) {
        case (.permissions, .get):
            _ = try request.parameters()
            return .ok("system_permissions", .panel(administration.sharing.catalogue))
        case (.subusers(let server), .get): return try await list(server, request, actor)
        case (.subusers(let server), .post):
            return try await add(to: server, form, request, actor)
        case (.subuser(let user, let server), .get):
            return try await show(user, server, request, actor)
        case (.subuser(let user, let server), .post), (.subuser(let user, let server), .patch):
            return try await change(user, server, form, request, actor)
        case (.subuser(let user, let server), .delete):
            return try await remove(user, server, request, actor)
        case (.activity(let server), .get):
            return try await activity(of: server, request, actor)
        case (.permissions, _), (.subusers, _), (.subuser, _), (.activity, _),
            (.deauthorization, _):
            throw ClientError.methodNotAllowed(allowed: request.resource.verbs)
        }
    }

    private func list(
        _ server: String,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        try check(standing.server.state, for: actor)
        try await allow(.read, standing)
        _ = try request.parameters()
        let members = try await administration.members(of: .id(standing.server.id))
        return .list("server_subuser", members.map { .panel($0) })
    }

    private func show(
        _ user: String,
        _ server: String,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        let member = try await member(user, of: standing.server)
        try check(standing.server.state, for: actor)
        try await allow(.read, standing, about: member, isOwn: member.isOwn(actor))
        _ = try request.parameters()
        return .ok("server_subuser", .panel(member))
    }

    private func add(
        to server: String,
        _ form: ClientForm,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        try check(standing.server.state, for: actor)
        try await allow(.create, standing, giving: form.requestedNames)
        _ = try request.parameters()
        var form = form
        let email = form.email("email")
        let names = form.texts("permissions")
        try form.finish(["email", "permissions"])
        guard let email else { throw ClientError.invalid([.required("email")]) }
        do throws(AdministrationError) {
            return .subuser(
                try await administration.addMember(
                    .email(email),
                    to: .id(standing.server.id),
                    permissions: names,
                    by: actor
                )
            )
        } catch {
            throw explain(error, addingTo: standing)
        }
    }

    private func change(
        _ user: String,
        _ server: String,
        _ form: ClientForm,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        let member = try await member(user, of: standing.server)
        try check(standing.server.state, for: actor)
        try await allow(
            .update,
            standing,
            about: member,
            isOwn: member.isOwn(actor),
            giving: form.requestedNames
        )
        _ = try request.parameters()
        var form = form
        let names = form.texts("permissions")
        // Panels' forms send the address along, which is not theirs to change.
        try form.finish(["email", "permissions"])
        return .subuser(
            try await administration.changeMember(
                member,
                permissions: names,
                by: actor
            )
        )
    }

    /// The server's state is not looked at: somebody who must go can be removed at any time.
    private func remove(
        _ user: String,
        _ server: String,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        do {
            let member = try await member(user, of: standing.server)
            try await allow(.delete, standing, about: member, isOwn: member.isOwn(actor))
            _ = try request.parameters()
            let removed = try await administration.removeMember(member, by: actor)
            return .done(removed.revocation)
        } catch AdministrationError.store(.notFound) {
            // Somebody else may have removed them a moment ago, and be ending their sessions.
            if let user = UserReference(user) {
                await administration.settle(user, on: .id(standing.server.id))
            }
            throw ClientError.notFound
        }
    }

    /// Why somebody cannot be added, in the words of the panels.
    private func explain(
        _ error: AdministrationError,
        addingTo standing: Standing
    ) -> ClientError {
        switch error {
        case .store(.notFound(.user)): return .invalid([.nobody])
        case .store(.refused(.ownAssignment)):
            // Those who add themselves are there already, unless an owner's trust put them there.
            return standing.role == .subuser ? .subuserExists : ClientError(error)
        case .store, .password, .wrongCode, .directory, .volumes, .noSuchSession, .snapshot,
            .unknownPermissions, .notTheirAccount, .jobReused, .noSuchRevocation, .ban,
            .banTooWide, .notBanned, .notGuessedAt, .severalSources, .inBatch:
            return ClientError(error)
        }
    }
}

extension ClientRoutes {
    /// What the actor may do on a server that they can see.
    func standing(of actor: Actor, on name: String) async throws -> Standing {
        guard let reference = ServerReference(name),
            let standing = try await administration.standing(of: actor, on: reference)
        else { throw ClientError.notFound }
        return standing
    }

    /// Refuses what a server's people ask while it is in the middle of something.
    func check(_ state: ServerState, for actor: Actor) throws(ClientError) {
        guard actor.user == nil || state.allowsAccess else { throw .stateConflict(state) }
    }

    private func member(_ name: String, of server: Server) async throws -> Member {
        guard let reference = UserReference(name) else { throw ClientError.notFound }
        return try await administration.member(reference, of: .id(server.id))
    }

    /// Refuses what the rule of this host forbids.
    ///
    /// Names that mean nothing here count as permissions that are not held: a subuser who sends
    /// them is told so before they are left out.
    private func allow(
        _ act: AssignmentAct,
        _ standing: Standing,
        about member: Member? = nil,
        isOwn: Bool = false,
        giving names: [String]? = nil
    ) async throws {
        let selection = names.map { administration.sharing.catalogue.select($0) }
        var strength: Authority?
        if let member { strength = try await administration.authority(of: member) }
        let refusal = administration.sharing.rule.refusal(
            of: act,
            by: standing.authority,
            isOwn: isOwn,
            current: member?.permissions,
            given: selection?.permissions,
            strength: strength
        )
        let unknown = standing.authority == .everything ? [] : selection?.unknown ?? []
        switch refusal {
        case .missing?, .ownAssignment?: break
        case .notHeld(let names)?: throw ClientError.refused(.notHeld(names + unknown))
        case .strongerSubuser?, nil:
            if !unknown.isEmpty { throw ClientError.refused(.notHeld(unknown)) }
        }
        if let refusal { throw ClientError.refused(refusal) }
    }
}

extension Member {
    /// Whether it is the one in whose name something is asked.
    fileprivate func isOwn(_ actor: Actor) -> Bool {
        switch self {
        case .subuser(let subuser): subuser.userID == actor.user?.id
        case .invitation: false
        }
    }
}

extension ClientAnswer {
    /// A member after a change, with what the change left out and what it ended.
    fileprivate static func subuser(_ changed: Completed<Member>) -> ClientAnswer {
        .ok(
            "server_subuser",
            .panel(changed.value),
            meta: [
                "dropped": .texts(changed.droppedPermissions),
                "revoked": JSONValue(changed.revocation),
            ]
        )
    }
}
