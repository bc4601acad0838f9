import Gatekeeper
import SubuserStore

extension ControlRoutes {
    func listServers() async throws -> Answer {
        .ok(["servers": .list(try await administration.servers().map { JSONValue($0) })])
    }

    func showServer(_ name: String) async throws -> Answer {
        .ok(["server": JSONValue(try await administration.server(server(named: name)))])
    }

    func createServer(_ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["uuid", "name", "owner", "directory", "state", "signIn"])
        let draft = ServerDraft(
            id: try fields.identifier("uuid"),
            name: try DisplayName(fields.requiredText("name")),
            owner: try user(named: fields.requiredText("owner")),
            directory: try ServerDirectory(fields.requiredText("directory")),
            state: try fields.text("state").map { try ServerState($0) } ?? .normal,
            policy: try fields.policy()
        )
        let made = try await administration.createServer(draft, by: request.caller)
        return .created(made.members("server") { JSONValue($0) })
    }

    func changeServer(_ name: String, _ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["name", "owner", "directory", "state", "signIn"])
        let revision = ServerRevision(
            name: try fields.text("name").map { try DisplayName($0) },
            owner: try fields.text("owner").map { try user(named: $0) },
            directory: try fields.text("directory").map { try ServerDirectory($0) },
            state: try fields.text("state").map { try ServerState($0) },
            policy: try fields.policyEdit()
        )
        let changed = try await administration.changeServer(
            server(named: name),
            revision,
            by: request.caller
        )
        return .ok(changed.members("server") { JSONValue($0) })
    }

    func deleteServer(_ name: String, _ request: ControlRequest) async throws -> Answer {
        let deleted = try await administration.deleteServer(
            server(named: name),
            by: request.caller
        )
        return .ok(deleted.members(deleted: "\(deleted.value.id)"))
    }
}
