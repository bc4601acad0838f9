import AccessControl
import Gatekeeper
import SubuserStore

extension ClientRoutes {
    /// One page of a server's activity, the newest first.
    func activity(
        of server: String,
        _ request: ClientRequest,
        _ actor: Actor
    ) async throws -> ClientAnswer {
        let standing = try await standing(of: actor, on: server)
        try check(standing.server.state, for: actor)
        guard standing.authority.includes(.activityRead) else {
            throw ClientError.refused(.missing(.activityRead))
        }
        let parameters = try request.parameters()
        let page = try await administration.activity(
            ActivityQuery(
                serverID: standing.server.id,
                ownerID: showsAccount(standing) ? standing.server.ownerID : nil,
                event: try event(in: parameters),
                limit: try limit(in: parameters),
                start: try positive("before", in: parameters).map { .before($0) } ?? .newest
            )
        )
        let next = page.next.map { JSONValue.number($0) } ?? .null
        return .list(
            "activity_log",
            page.records.map {
                .panel($0, showingIP: showsIP(of: $0.entry, to: actor, standing))
            },
            meta: ["cursor": .object(["before": next])]
        )
    }

    /// Ends a user's sessions on some servers, or on all where none is named.
    ///
    /// It ends sessions and stores nothing: what the user may do from now on has been, or will be,
    /// said by another call.
    func deauthorize(_ request: ClientRequest) async throws -> ClientAnswer {
        guard request.actingUser == nil else {
            throw ClientError.invalid([.prohibited("Portcullis-Acting-User")])
        }
        _ = try request.parameters()
        var form = try ClientForm(request.body)
        let user: UserID? = form.identifier("user")
        let servers: [ServerID] = form.identifiers("servers")
        try form.finish(["user", "servers"])
        guard let user else { throw ClientError.invalid([.required("user")]) }
        let ended = try await administration.revoke(
            servers.isEmpty
                ? .user(.id(user)) : .userOnServers(.id(user), servers.map { .id($0) }),
            reason: "Your access was changed",
            by: request.caller
        )
        return .done(ended.outcome ?? RevocationOutcome())
    }

    /// How many entries a page has unless said.
    private static let pageLength = 50

    /// Panels show an address to administrators and to the person who came from it: who made a
    /// change, and not whom it was made to.
    private func showsIP(of entry: ActivityEntry, to actor: Actor, _ standing: Standing) -> Bool {
        guard let user = actor.user else { return true }
        let person = entry.actor == nil ? entry.userID : entry.actorID
        return standing.role == .administrator || person == user.id
    }

    /// Whether somebody sees what concerns all servers of the owner: who may list delegations.
    private func showsAccount(_ standing: Standing) -> Bool {
        switch standing.role {
        case .administrator, .owner: true
        case .subuser, .delegate: false
        }
    }

    private func limit(in parameters: [String: String]) throws(ClientError) -> Int {
        let most = ActivityQuery.maximumLimit
        guard let text = parameters["limit"], !text.isEmpty else { return Self.pageLength }
        guard let limit = Int(text), (1...most).contains(limit) else {
            throw .invalid([.wrong("limit", "between", "a number from 1 to \(most)")])
        }
        return limit
    }

    private func event(in parameters: [String: String]) throws(ClientError) -> EventPattern? {
        guard let text = parameters["event"], !text.isEmpty else { return nil }
        guard let pattern = EventPattern(text) else {
            throw .invalid([
                .wrong("event", "regex", "the name of an event, or its beginning and *")
            ])
        }
        return pattern
    }

    private func positive(
        _ name: String,
        in parameters: [String: String]
    ) throws(ClientError) -> Int64? {
        guard let text = parameters[name], !text.isEmpty else { return nil }
        guard let number = Int64(text), number > 0 else {
            throw .invalid([.wrong(name, "min", "a positive number")])
        }
        return number
    }
}
