import Foundation
import GateTestSupport
import SubuserStore
import Testing

@Suite("The OpenAPI document of the control API")
struct DescriptionTests {
    private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    @Test("every operation that it has is served, and no other")
    func operations() async throws {
        try await withServedHost { _, client in
            let paths = try await DescribedPath.all(client)
            #expect(paths.count >= 24)
            for path in paths {
                let described = Set(path.operations.keys)
                #expect(!described.isEmpty)
                for method in Self.methods {
                    let reply = try await client.send(method, path.filled)
                    if described.contains(method) {
                        #expect(reply.status != 405 && reply.status < 500, "\(method) \(path)")
                        let isUnknown = reply.status == 404 && !path.isPanel
                        #expect(try !isUnknown || reply.errorCode() != "not_found", "\(path)")
                    } else {
                        #expect(reply.status == 405, "\(method) \(path)")
                        let allowed = reply.allow?.split(separator: ", ").map { String($0) } ?? []
                        #expect(Set(allowed) == described, "\(path)")
                    }
                }
            }
        }
    }

    @Test("the fields of a request are those that the gate reads, and so are the required ones")
    func fields() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("user")
            _ = try await host.makeServer("one", owner: ann)
            var bodies = 0
            for path in try await DescribedPath.all(client) where !path.isPanel {
                for (method, operation) in path.operations {
                    guard let schema = operation.bodySchema else { continue }
                    bodies += 1
                    let fields = try #require(schema.at("properties")?.names)
                    let strange = try await client.send(
                        method,
                        path.filled,
                        Data(#"{"strange": 1}"#.utf8)
                    )
                    #expect(try strange.errorCode() == "unknown_field")
                    let named = try strange.errorMessage()?.split(separator: "possible: ").last
                    let read = named?.dropLast().split(separator: ", ").map { String($0) } ?? []
                    #expect(Set(read) == Set(fields), "\(method) \(path)")
                    let empty = try await client.send(method, path.filled, Data("{}".utf8))
                    let required = schema.at("required")?.texts ?? []
                    #expect(
                        try (empty.status >= 400 && empty.errorCode() == "missing_field")
                            == !required.isEmpty,
                        "\(method) \(path)"
                    )
                }
            }
            #expect(bodies >= 12)
        }
    }

    @Test("the fields of a request in the form of the panels are those that the gate reads")
    func panelFields() async throws {
        try await withServedHost { host, client in
            let server = try await host.makeServer("one", owner: host.makeUser("ann"))
            try await host.share(server, with: host.makeUser("bob"), ["file.read"])
            var bodies = 0
            for path in try await DescribedPath.all(client) where path.isPanel {
                let target = path.filled(server: server, member: "bob")
                for (method, operation) in path.operations {
                    guard let schema = operation.bodySchema else { continue }
                    bodies += 1
                    func broken(_ body: String) async throws -> Set<String> {
                        Set(try await client.send(method, target, Data(body.utf8)).brokenRules())
                    }
                    let required = schema.at("required")?.texts ?? []
                    let missing = Set(required.map { "\($0) required" })
                    #expect(!missing.isEmpty)
                    #expect(try await broken("{}") == missing)
                    let strange = try await broken(#"{"strange": 1}"#)
                    #expect(strange == missing.union(["strange prohibited"]))
                    for name in try #require(schema.at("properties")?.names) {
                        #expect(try await broken(#"{"\#(name)": null}"#) == missing, "\(name)")
                    }
                }
            }
            #expect(bodies == 4)
        }
    }

    @Test("a parameter is taken when the document has it, and only then")
    func parameters() async throws {
        try await withServedHost { host, client in
            let server = try await host.makeServer("one", owner: host.makeUser("ann"))
            try await host.share(server, with: host.makeUser("bob"), ["file.read"])
            var parameters = 0
            for path in try await DescribedPath.all(client) {
                let target =
                    path.isPanel ? path.filled(server: server, member: "bob") : path.filled
                for (method, operation) in path.operations {
                    /// Whether the query is what the gate objects to.
                    func isRefused(_ name: String) async throws -> Bool {
                        let reply = try await client.send(method, "\(target)?\(name)=1")
                        guard reply.status == 422 else { return false }
                        return path.isPanel
                            ? try reply.brokenRules().contains("\(name) prohibited")
                            : try reply.errorCode() == "unknown_parameter"
                    }
                    #expect(try await isRefused("strange"), "\(method) \(path)")
                    for name in operation.parameters(in: "query") {
                        parameters += 1
                        #expect(try await !isRefused(name), "\(name)")
                    }
                }
            }
            #expect(parameters >= 12)
        }
    }

    @Test("somebody can be acted for when the document says so, and only then")
    func actingUser() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("user")
            var takers = 0
            for path in try await DescribedPath.all(client) {
                for (method, operation) in path.operations {
                    let reply = try await client.send(method, path.filled, actingAs: "nobody")
                    let isTaken = operation.parameters(in: "header").contains(
                        "Portcullis-Acting-User"
                    )
                    takers += isTaken ? 1 : 0
                    #expect((reply.status == 401) == isTaken, "\(method) \(path)")
                    guard !isTaken, !path.isPanel else { continue }
                    #expect(try reply.errorCode() == "acting_user_not_possible")
                }
            }
            #expect(takers >= 12)
        }
    }

    @Test("every code that it has is in the written document as well")
    func codes() async throws {
        let written = try DocumentTests.document()
        try await withServedHost { _, client in
            let reply = try await client.get("/openapi.json")
            let codes = Set(JSONValue.object(try reply.json).errorCodes)
            #expect(codes.count >= 48)
            for code in codes {
                let isWritten =
                    written.contains("`\(code)`")
                    || (code.hasPrefix("invalid_") && written.contains("`\(code.dropFirst(8))`"))
                #expect(isWritten, "\(code)")
            }
        }
    }

    @Test("every operation has its own name, every reference leads somewhere")
    func references() async throws {
        try await withServedHost { _, client in
            let reply = try await client.get("/openapi.json")
            #expect(reply.status == 200)
            #expect(reply.contentType == "application/json; charset=utf-8")
            let document = JSONValue.object(try reply.json)
            #expect(document.at("openapi") == "3.1.0")
            #expect(document.at("info", "version") == "1.2.3")
            let schemas = Set(try #require(document.at("components", "schemas")?.names))
            let referred = document.values(of: "$ref").compactMap { value in
                if case .text(let text) = value { text } else { nil }
            }
            #expect(
                Set(referred) == Set(schemas.map { "#/components/schemas/\($0)" })
            )
            let names = document.values(of: "operationId")
            #expect(names.count >= 42)
            #expect(Set(names).count == names.count)
        }
    }
}
