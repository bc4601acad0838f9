import Gatekeeper
import SessionLink
import SubuserStore

extension ControlRoutes {
    func listSessions() async -> Answer {
        .ok(["sessions": .list(await administration.sessions().map { JSONValue($0) })])
    }

    func endSession(_ id: String, _ request: ControlRequest) async throws -> Answer {
        guard let id = SessionID(id) else { throw AdministrationError.noSuchSession }
        let ended = try await administration.endSession(id, by: request.caller)
        return .ok(["revocation": JSONValue(ended.revocation)])
    }

    func revoke(_ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["user", "server", "session", "key", "all", "reason"])
        let done = try await administration.revoke(
            target(in: fields),
            reason: reason(in: fields),
            by: request.caller
        )
        return .ok(["revocation": JSONValue(done.revocation)])
    }

    /// The longest reason, in characters; it is shown to the client that is cut off.
    private static let reasonLength = 200

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
        let key = try fields.text("key")
        let session = try fields.text("session")
        let all = try fields.flag("all") ?? false
        let others = [key != nil, session != nil, all].count { $0 }
        switch (user, server) {
        case (let user?, let server?) where others == 0: return .userOnServer(user, server)
        case (let user?, nil) where others == 0: return .user(user)
        case (nil, let server?) where others == 0: return .server(server)
        case (nil, nil) where others == 1: break
        case (nil, nil) where others == 0: throw ControlError.noSelector
        case (_, _): throw ControlError.selectorsDisagree
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
