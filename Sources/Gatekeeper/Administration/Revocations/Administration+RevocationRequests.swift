import SubuserStore

/// What requests for revocations mean.
extension Administration {
    /// The jobs that requests ask for, with every name resolved.
    ///
    /// - Throws: `inBatch`.
    func jobs(
        for requests: [RevocationRequest],
        by caller: Caller
    ) async throws(AdministrationError) -> [NewRevocation] {
        let known = try await asking { store throws(StoreError) in
            try await store.revocations(Set(requests.compactMap(\.job)))
        }
        var jobs: [NewRevocation] = []
        for (index, request) in requests.enumerated() {
            let asked = request.target.request
            let selector: [String: JSONValue]
            if let earlier = request.job.flatMap({ known[$0]?.job }),
                earlier.isSame(request: asked, reason: request.reason)
            {
                // Whoever had these names then may have others now, or be gone.
                selector = earlier.selector
            } else {
                do throws(AdministrationError) {
                    selector = try await self.selector(of: request.target).members
                } catch {
                    throw .inBatch(index: index, error)
                }
            }
            jobs.append(
                NewRevocation(
                    id: request.job ?? .random(),
                    request: asked,
                    selector: selector,
                    reason: request.reason,
                    actor: "\(Actor(caller))"
                )
            )
        }
        return jobs
    }

    private func selector(
        of target: RevocationTarget
    ) async throws(AdministrationError) -> RevocationSelector {
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
    }

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
}
