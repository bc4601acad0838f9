import Foundation
import SubuserStore
import Testing

/// Talks to the panel-shaped part in somebody's name.
struct PanelClient {
    let client: ControlClient
    /// Nil for the panel itself.
    var user: String?

    func get(_ path: String) async throws -> Reply { try await send("GET", path) }
    func delete(_ path: String) async throws -> Reply { try await send("DELETE", path) }

    func post(_ path: String, _ body: String) async throws -> Reply {
        try await send("POST", path, body)
    }

    func send(_ method: String, _ path: String, _ body: String? = nil) async throws -> Reply {
        try await client.send(
            method,
            "/api/\(path)",
            body.map { Data($0.utf8) },
            actingAs: user
        )
    }
}

extension ControlClient {
    /// The panel-shaped part, asked in the name of `user`.
    func panel(as user: String? = nil) -> PanelClient { PanelClient(client: self, user: user) }
}

extension Reply {
    /// One entry of an error of the panel-shaped part.
    struct PanelError: Equatable {
        let code: String
        let detail: String
        var field: String?
        var rule: String?
    }

    /// The errors, after seeing that they have the one form that all have.
    func panelErrors() throws -> [PanelError] {
        #expect(contentType == "application/json; charset=utf-8")
        guard case .list(let entries)? = try json["errors"], try json.count == 1 else { return [] }
        return entries.compactMap { entry in
            guard case .object(let members) = entry, case .text(let code)? = members["code"],
                case .text(let detail)? = members["detail"]
            else { return nil }
            #expect(members["status"] == .text("\(status)"))
            var error = PanelError(code: code, detail: detail)
            if case .object(let meta)? = members["meta"] {
                if case .text(let field)? = meta["source_field"] { error.field = field }
                if case .text(let rule)? = meta["rule"] { error.rule = rule }
            }
            return error
        }
    }

    /// The code of an error that has one entry.
    func panelCode() throws -> String? {
        let errors = try panelErrors()
        #expect(errors.count == 1)
        return errors.first?.code
    }

    /// Which fields are wrong, and by which rules: `email required`.
    func brokenRules() throws -> [String] {
        try panelErrors().map { error in
            #expect(error.code == "ValidationException")
            return "\(error.field ?? "?") \(error.rule ?? "?")"
        }
    }

    /// An attribute of the object.
    func attribute(_ name: String) throws -> JSONValue? { try value("attributes", name) }

    /// One attribute of every object of a list.
    func attributes(_ name: String) throws -> [JSONValue?] {
        guard case .list(let elements)? = try json["data"] else { return [] }
        return elements.map { element in
            guard case .object(let members) = element,
                case .object(let attributes)? = members["attributes"]
            else { return nil }
            return attributes[name]
        }
    }
}
