import Gatekeeper
import SessionLink
import SubuserStore

extension ControlRoutes {
    func revoke(_ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(Self.revocationFields + ["jobs"])
        guard let batch = try fields.objects("jobs", limit: Administration.revocationLimit) else {
            do {
                let one = try revocation(in: fields)
                let jobs = try await administration.revoke([one], by: request.caller)
                guard let job = jobs.first else { throw ControlError.unexpected }
                return .ok(job.answer)
            } catch let error as AdministrationError {
                throw error.alone
            }
        }
        guard !fields.hasAny(of: Self.revocationFields) else {
            throw ControlError.selectorsDisagree
        }
        var requests: [RevocationRequest] = []
        for (index, object) in batch.enumerated() {
            do {
                let fields = try RequestFields(object, allowed: Self.revocationFields)
                requests.append(try revocation(in: fields))
            } catch {
                throw ControlError.inBatch(index: index, ControlError(error))
            }
        }
        let jobs = try await administration.revoke(requests, by: request.caller)
        return .ok(["jobs": .list(jobs.map { .object($0.answer) })])
    }

    func listRevocations(_ request: ControlRequest) async throws -> Answer {
        let page = try await administration.revocations(
            before: try request.positiveParameter("before"),
            limit: try limit(request.parameter("limit"))
        )
        return .ok([
            "revocations": .list(page.jobs.map { .object($0.summary) }),
            "next": page.next.map { .number($0) } ?? .null,
        ])
    }

    func showRevocation(_ job: String) async throws -> Answer {
        guard let id = RevocationJobID(job) else { throw AdministrationError.noSuchRevocation }
        return .ok(try await administration.revocation(id).members)
    }

    /// What one revocation may say.
    private static let revocationFields = [
        "user", "server", "servers", "session", "key", "all", "reason", "job",
    ]

    /// The longest reason, in characters; it is shown to the client that is cut off.
    private static let reasonLength = 200

    private func revocation(in fields: RequestFields) throws -> RevocationRequest {
        RevocationRequest(
            job: try job(in: fields),
            target: try target(in: fields),
            reason: try reason(in: fields)
        )
    }

    private func job(in fields: RequestFields) throws(ControlError) -> RevocationJobID? {
        guard let text = try fields.text("job") else { return nil }
        guard let id = RevocationJobID(text) else {
            throw .invalidField(
                "job",
                message: "A job's id has 1 to \(RevocationJobID.maximumLength) printable "
                    + "characters of ASCII."
            )
        }
        return id
    }

    private func reason(in fields: RequestFields) throws(ControlError) -> String? {
        guard let reason = try fields.text("reason") else { return nil }
        guard let line = try? DisplayName(reason), reason.count <= Self.reasonLength else {
            throw .invalidField(
                "reason",
                message: "A reason has 1 to \(DisplayName.maximumLength) characters and no "
                    + "control characters."
            )
        }
        return "\(line)"
    }

    private func target(in fields: RequestFields) throws -> RevocationTarget {
        let user = try fields.text("user").map { try self.user(named: $0) }
        let server = try fields.text("server").map { try self.server(named: $0) }
        let servers = try fields.texts("servers")
        let key = try fields.text("key")
        let session = try fields.text("session")
        let all = try fields.flag("all") ?? false
        let others = [key != nil, session != nil, all].count { $0 }
        switch (user, server, servers) {
        case (let user?, nil, let servers?) where others == 0:
            guard !servers.isEmpty else {
                throw ControlError.invalidField(
                    "servers",
                    message: "servers must name one at least; leave it out for all of them."
                )
            }
            return .userOnServers(user, try servers.map { try self.server(named: $0) })
        case (let user?, let server?, nil) where others == 0: return .userOnServer(user, server)
        case (let user?, nil, nil) where others == 0: return .user(user)
        case (nil, let server?, nil) where others == 0: return .server(server)
        case (nil, nil, nil) where others == 1: break
        case (nil, nil, nil) where others == 0: throw ControlError.noSelector
        case (nil, nil, _?) where others == 0: throw ControlError.missingField("user")
        case (_, _, _): throw ControlError.selectorsDisagree
        }
        if let session {
            guard let id = SessionID(session) else { throw AdministrationError.noSuchSession }
            return .session(id)
        }
        guard let key else { return .everything }
        guard let fingerprint = KeyFingerprint(key) else {
            throw ControlError.invalidField(
                "key",
                message: "A key is named by its fingerprint, SHA256: and 43 characters."
            )
        }
        return .key(fingerprint)
    }
}
