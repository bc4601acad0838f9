import AccessControl
import Gatekeeper
import SubuserStore

extension ControlRoutes {
    func listSubusers(of name: String) async throws -> Answer {
        let members = try await administration.members(of: server(named: name))
        var subusers: [JSONValue] = []
        var invitations: [JSONValue] = []
        for member in members {
            switch member {
            case .subuser(let subuser): subusers.append(JSONValue(subuser))
            case .invitation(let invitation): invitations.append(JSONValue(invitation))
            }
        }
        return .ok(["subusers": .list(subusers), "invitations": .list(invitations)])
    }

    func showSubuser(_ name: String, on server: String) async throws -> Answer {
        let member = try await administration.member(
            user(named: name),
            of: self.server(named: server)
        )
        return .ok([member.key: JSONValue(member)])
    }

    func addSubuser(to name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["user", "permissions"])
        let added = try await administration.addMember(
            user(named: fields.requiredText("user")),
            to: server(named: name),
            permissions: fields.requiredTexts("permissions"),
            by: Actor(request.caller)
        )
        return .created(added.members(added.value.key) { JSONValue($0) })
    }

    func changeSubuser(
        _ name: String,
        on server: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let changed = try await administration.changeMember(
            user(named: name),
            of: self.server(named: server),
            permissions: request.fields(["permissions"]).requiredTexts("permissions"),
            by: Actor(request.caller)
        )
        return .ok(changed.members(changed.value.key) { JSONValue($0) })
    }

    func removeSubuser(
        _ name: String,
        on server: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let removed = try await administration.removeMember(
            user(named: name),
            of: self.server(named: server),
            by: Actor(request.caller)
        )
        return .ok(removed.members(deleted: removed.value.id))
    }

    func listDelegations(by name: String, _ request: ControlRequest) async throws -> Answer {
        let delegations = try await administration.delegations(
            by: user(named: name),
            for: actor(of: request)
        )
        return .ok(["delegations": .list(delegations.map { JSONValue($0) })])
    }

    func showDelegation(
        by owner: String,
        to name: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let delegation = try await administration.delegation(
            by: user(named: owner),
            to: user(named: name),
            for: actor(of: request)
        )
        return .ok(["delegation": JSONValue(delegation)])
    }

    func removeDelegation(
        by owner: String,
        to name: String,
        _ request: ControlRequest
    ) async throws -> Answer {
        let removed = try await administration.removeDelegation(
            by: user(named: owner),
            to: user(named: name),
            by: actor(of: request)
        )
        return .ok(removed.members(deleted: "\(removed.value.id)"))
    }

    /// Who asks, where it can be a user.
    func actor(of request: ControlRequest) async throws -> Actor {
        let named = request.actingUser
        guard
            let actor = try await administration.actor(request.caller, inTheNameOf: named)
        else { throw ControlError.unknownActingUser }
        return actor
    }

    /// On which servers a user may act, and for which accounts.
    func showAccess(of name: String, _ request: ControlRequest) async throws -> Answer {
        let reference = try user(named: name)
        let actor = try await actor(of: request)
        let standings = try await administration.standings(of: reference, for: actor)
        let accounts = try await administration.delegations(to: reference, for: actor)
        let everything = administration.sharing.catalogue.all
        return .ok([
            "servers": .list(standings.map { JSONValue($0, everything: everything) }),
            "accounts": .list(accounts.map { JSONValue($0) }),
        ])
    }
}

extension Member {
    /// Under which name an answer holds it.
    var key: String {
        switch self {
        case .subuser: "subuser"
        case .invitation: "invitation"
        }
    }

    fileprivate var id: String {
        switch self {
        case .subuser(let subuser): "\(subuser.userID)"
        case .invitation(let invitation): "\(invitation.id)"
        }
    }
}
