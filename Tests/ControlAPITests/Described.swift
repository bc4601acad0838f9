import SubuserStore
import Testing

/// What the gate's OpenAPI document says about one path.
struct DescribedPath {
    let path: String
    /// Its operations, by method.
    let operations: [String: JSONValue]

    /// The path with names that could be some, in place of those in braces.
    var filled: String {
        path.replacing("{server}", with: "serverid").filter { $0 != "{" && $0 != "}" }
    }

    /// The path with a server and a member that are there.
    func filled(server: Server, member: String) -> String {
        path.replacing("{server}", with: "\(server.id)").replacing("{user}", with: member)
    }

    /// Whether it belongs to the panel-shaped part.
    var isPanel: Bool { path.hasPrefix("/api/") }

    /// Every path of a served document.
    static func all(_ client: ControlClient) async throws -> [DescribedPath] {
        guard case .object(let paths)? = try await client.get("/openapi.json").value("paths") else {
            Issue.record("no paths")
            return []
        }
        return paths.compactMap { path, item in
            guard case .object(let members) = item else { return nil }
            let operations = members.filter { $0.key != "parameters" }
            return DescribedPath(
                path: path,
                operations: Dictionary(
                    uniqueKeysWithValues: operations.map { ($0.key.uppercased(), $0.value) }
                )
            )
        }
    }
}

extension JSONValue {
    /// What lies at the end of these names; nil where there is nothing.
    func at(_ path: String...) -> JSONValue? {
        var value = self
        for name in path {
            guard case .object(let members) = value, let member = members[name] else { return nil }
            value = member
        }
        return value
    }

    /// The names of an object's members.
    var names: [String] {
        if case .object(let members) = self { Array(members.keys) } else { [] }
    }

    var elements: [JSONValue] {
        if case .list(let elements) = self { elements } else { [] }
    }

    var texts: [String] {
        elements.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// The names of an operation's parameters that stand in one place.
    func parameters(in place: String) -> [String] {
        (at("parameters")?.elements ?? []).compactMap { parameter in
            guard parameter.at("in") == .text(place), case .text(let name)? = parameter.at("name")
            else { return nil }
            return name
        }
    }

    /// What an operation's body must be, where it is one JSON value.
    var bodySchema: JSONValue? { at("requestBody", "content", "application/json", "schema") }

    /// The values of every member of this name, however deep.
    func values(of name: String) -> [JSONValue] {
        switch self {
        case .object(let members):
            (members[name].map { [$0] } ?? []) + members.values.flatMap { $0.values(of: name) }
        case .list(let elements): elements.flatMap { $0.values(of: name) }
        case .null, .flag, .number, .fraction, .text: []
        }
    }

    /// The codes of the errors that the document has, those of the panel-shaped part left out.
    var errorCodes: [String] {
        values(of: "error").flatMap { $0.at("properties", "code", "enum")?.texts ?? [] }
    }
}
