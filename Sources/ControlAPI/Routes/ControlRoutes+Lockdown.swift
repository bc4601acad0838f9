import Gatekeeper
import SubuserStore

extension ControlRoutes {
    func showLockdown() async throws -> Answer {
        .ok(["lockdown": JSONValue(try await administration.lockdown())])
    }

    func lock(_ request: ControlRequest) async throws -> Answer {
        let text = try request.fields(["text"]).text("text")
        let locked = try await administration.lock(
            text: try text.map { try DisplayName($0) },
            by: request.caller
        )
        return .ok(locked.members("lockdown") { JSONValue($0) })
    }

    func unlock(_ request: ControlRequest) async throws -> Answer {
        let unlocked = try await administration.unlock(by: request.caller)
        return .ok(unlocked.members("lockdown") { _ in .null })
    }
}

extension JSONValue {
    init(_ lockdown: Lockdown?) {
        guard let lockdown else {
            self = .null
            return
        }
        self = .object([
            "text": lockdown.text.map { .text("\($0)") } ?? .null,
            "since": JSONValue(lockdown.since),
        ])
    }
}
