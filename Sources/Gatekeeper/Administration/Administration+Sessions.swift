import AccessControl
package import SessionLink
package import SubuserStore

/// Which sessions somebody wants ended, as they name them.
package enum RevocationTarget: Sendable {
    case session(SessionID)
    case user(UserReference)
    case server(ServerReference)
    case userOnServer(UserReference, ServerReference)
    case userOnServers(UserReference, [ServerReference])
    case key(KeyFingerprint)
    case everything
}

extension Administration {
    /// Every connection there is, oldest first.
    package func sessions() async -> [SessionSummary] {
        await live.sessions()
    }

    /// Ends one session.
    ///
    /// - Throws: `noSuchSession`.
    package func endSession(
        _ id: SessionID,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SessionID> {
        try await completing { () async throws(AdministrationError) in
            let outcome = await live.revoke(.session(id), reason: Self.defaultReason)
            guard outcome.found > 0 else { throw .noSuchSession }
            await record(revocation(.endSession, .session(id), outcome), by: caller)
            return Completed(id, revocation: outcome)
        }
    }

    /// Ends whatever sessions `target` means now; nothing is stored, who may come back does.
    ///
    /// A uuid need not be known: it may belong to somebody who was deleted a moment ago. A name
    /// must be.
    package func revoke(
        _ target: RevocationTarget,
        reason: String?,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<RevocationSelector> {
        let selector: RevocationSelector =
            switch target {
            case .session(let id): .session(id)
            case .user(let user): .user("\(try await id(of: user))")
            case .server(let server): .server("\(try await id(of: server))")
            case .userOnServer(let user, let server):
                .userOnServer(
                    user: "\(try await id(of: user))",
                    server: "\(try await id(of: server))"
                )
            case .userOnServers(let user, let servers):
                .userOnServers(
                    user: "\(try await id(of: user))",
                    servers: try await ids(of: servers)
                )
            case .key(let fingerprint): .key(fingerprint: "\(fingerprint)")
            case .everything: .everything
            }
        return try await completing { () async throws(AdministrationError) in
            let outcome = await live.revoke(selector, reason: reason ?? Self.defaultReason)
            var entry = revocation(.revoke, selector, outcome)
            entry.properties["reason"] = reason.map { .text($0) }
            await record(entry, by: caller)
            return Completed(selector, revocation: outcome)
        }
    }

    private static let defaultReason = "Ended by the host's operator"

    private func id(of reference: UserReference) async throws(AdministrationError) -> UserID {
        if case .id(let id) = reference { return id }
        return try await user(reference).id
    }

    private func id(of reference: ServerReference) async throws(AdministrationError) -> ServerID {
        if case .id(let id) = reference { return id }
        return try await server(reference).id
    }

    private func ids(
        of references: [ServerReference]
    ) async throws(AdministrationError) -> Set<String> {
        var ids: Set<String> = []
        for reference in references { ids.insert("\(try await id(of: reference))") }
        return ids
    }

    private func revocation(
        _ event: ActivityEvent,
        _ selector: RevocationSelector,
        _ outcome: RevocationOutcome
    ) -> ActivityEntry {
        var entry = ActivityEntry(event, properties: ["revoked": outcome.property])
        switch selector {
        case .session(let id): entry.session = "\(id)"
        case .sessions(let ids):
            entry.properties["sessions"] = .texts(ids.map(\.description).sorted())
        case .user(let user): entry.userID = UserID(user)
        case .server(let server): entry.serverID = ServerID(server)
        case .userOnServer(let user, let server):
            entry.userID = UserID(user)
            entry.serverID = ServerID(server)
        case .userOnServers(let user, let servers):
            entry.userID = UserID(user)
            entry.properties["servers"] = .texts(servers.sorted())
        case .key(let fingerprint): entry.properties["key"] = .text(fingerprint)
        case .keyOfUser(let user, let fingerprint):
            entry.userID = UserID(user)
            entry.properties["key"] = .text(fingerprint)
        case .everything: entry.properties["all"] = true
        }
        return entry
    }
}
