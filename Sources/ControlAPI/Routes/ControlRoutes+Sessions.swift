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
}
