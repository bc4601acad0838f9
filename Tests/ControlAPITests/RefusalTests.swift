import Foundation
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("What the control API refuses")
struct RefusalTests {
    @Test("a path that names nothing is answered with JSON")
    func unknownPaths() async throws {
        try await withServedHost { _, client in
            #expect(try await client.get("/v1/users").status == 200)
            let paths = [
                "/", "/v1", "/v1/", "/v1/users/", "/v1//users", "/v2/users", "/v1/users/a/b",
                "/v1/users/%ff", "/v1/users/%2F%00/x", "/healthz/x",
            ]
            for path in paths {
                let reply = try await client.get(path)
                #expect(reply.status == 404, "\(path)")
                #expect(try reply.errorCode() == "not_found", "\(path)")
            }
        }
    }

    @Test("a method that means nothing is answered with those that do")
    func methods() async throws {
        try await withServedHost { _, client in
            let refused = [
                ("PUT", "/v1/users", "GET, POST"), ("DELETE", "/v1/servers", "GET, POST"),
                ("POST", "/v1/users/ann", "GET, PUT, PATCH, DELETE"),
                ("DELETE", "/v1/revocations", "GET, POST"),
                ("POST", "/v1/revocations/x", "GET"),
                ("POST", "/healthz", "GET"), ("GET", "/v1/sessions/000000000007", "DELETE"),
                ("OPTIONS", "/v1/activity", "GET"), ("TRACE", "/v1/permissions", "GET"),
            ]
            for (method, path, allowed) in refused {
                let reply = try await client.send(method, path)
                #expect(reply.status == 405)
                #expect(reply.allow == allowed)
                #expect(try reply.errorCode() == "method_not_allowed")
            }
        }
    }

    @Test("what is no HTTP is answered with JSON as well")
    func noHTTP() async throws {
        try await withServedHost { _, client in
            let good = try await client.send("GET", "/healthz")
            #expect(good.status == 200)
            let reply = try await client.send("BREW", "/healthz")
            #expect(reply.status == 400)
            #expect(try reply.errorCode() == "malformed_request")
        }
    }

    @Test("a body that is no JSON object is refused, and the connection's host lives on")
    func bodies() async throws {
        try await withServedHost { host, client in
            let refused = [
                ("", 400, "malformed_json"), ("{", 400, "malformed_json"),
                (#"{"username": }"#, 400, "malformed_json"),
                ("\u{FEFF}nonsense", 400, "malformed_json"),
                (String(repeating: "[", count: 100_000), 400, "malformed_json"),
                ("[]", 422, "not_an_object"), ("null", 422, "not_an_object"),
                ("1.5", 422, "not_an_object"),
            ]
            for (body, status, code) in refused {
                let reply = try await client.post("/v1/users", body)
                #expect(reply.status == status, "\(body.prefix(40))")
                #expect(try reply.errorCode() == code, "\(body.prefix(40))")
            }
            let invalid = try await client.send("POST", "/v1/users", Data([0x7B, 0xFF, 0xFE]))
            #expect(try invalid.errorCode() == "malformed_json")
            #expect(try await host.administration.users().isEmpty)
            let good = try await client.post(
                "/v1/users",
                #"{"username": "ann", "email": "ann@example.org"}"#
            )
            #expect(good.status == 201)
        }
    }

    @Test("a body of one MiB is read, a larger one is not")
    func bodySize() async throws {
        try await withServedHost { _, client in
            let padding = String(repeating: " ", count: (1 << 20) - 2)
            let largest = try await client.post("/v1/users", "{" + padding + "}")
            #expect(try largest.errorCode() == "missing_field")
            let larger = try await client.post("/v1/users", "{ " + padding + "}")
            #expect(larger.status == 413)
            #expect(try larger.errorCode() == "body_too_large")
        }
    }

    @Test("a wrong field is refused by its name, and nothing is stored")
    func fields() async throws {
        try await withServedHost { host, client in
            let ann = #""username": "ann", "email": "ann@example.org""#
            let refused = [
                (#"{\#(ann), "admin": true}"#, "unknown_field", "'admin'"),
                (#"{"email": "ann@example.org"}"#, "missing_field", "'username'"),
                (#"{"username": null, "email": "ann@example.org"}"#, "missing_field", "'username'"),
                (#"{\#(ann), "administrator": "yes"}"#, "wrong_type", "'administrator'"),
                (#"{\#(ann), "administrator": 1}"#, "wrong_type", "'administrator'"),
                (#"{\#(ann), "password": 12}"#, "wrong_type", "'password'"),
                (#"{\#(ann), "uuid": "x"}"#, "invalid_uuid", "'uuid'"),
                (#"{\#(ann), "password": ""}"#, "invalid_password", "empty"),
                (#"{"username": "a n", "email": "a@example.org"}"#, "invalid_username", "letter"),
                (#"{"username": "ann", "email": "nowhere"}"#, "invalid_email", "email"),
                (
                    #"{"username": "\#(String(repeating: "x", count: 192))", "email": "a@b.org"}"#,
                    "invalid_username", "192"
                ),
            ]
            for (body, code, text) in refused {
                let reply = try await client.post("/v1/users", body)
                #expect(reply.status == 422)
                #expect(try reply.errorCode() == code, "\(body)")
                #expect(try reply.errorMessage()?.contains(text) == true, "\(body)")
            }
            #expect(try await host.administration.users().isEmpty)
            #expect(try await client.post("/v1/users", "{\(ann)}").status == 201)
            let again = try await client.post(
                "/v1/users",
                #"{"username": "ANN", "email": "other@example.org"}"#
            )
            #expect(again.status == 409)
            #expect(try again.errorCode() == "username_exists")
        }
    }

    @Test("permissions must be a list of strings")
    func permissions() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            _ = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            let path = "/v1/servers/\(server.id)/subusers"
            for value in ["\"file.sftp\"", "{}", "[1]", "[[]]", "true"] {
                let reply = try await client.post(
                    path,
                    #"{"user": "bob", "permissions": \#(value)}"#
                )
                #expect(try reply.errorCode() == "wrong_type")
            }
            let absent = try await client.post(path, #"{"user": "bob"}"#)
            #expect(try absent.errorCode() == "missing_field")
            #expect(
                try await client.post(path, #"{"user": "bob", "permissions": []}"#).status == 201
            )
        }
    }

    @Test("private, weak and broken keys are refused with a reason")
    func keys() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let refused = [
                ("-----BEGIN OPENSSH PRIVATE KEY-----", "private key"),
                ("ssh-dss AAAAB3NzaC1kc3M= x", "DSA"), ("nonsense", "not a public key"),
            ]
            for (line, text) in refused {
                let reply = try await client.post(
                    "/v1/users/ann/keys",
                    #"{"publicKey": "\#(line)"}"#
                )
                #expect(reply.status == 422)
                #expect(try reply.errorCode() == "invalid_public_key")
                #expect(try reply.errorMessage()?.contains(text) == true)
            }
            #expect(try await host.administration.user(.name(UserName("ann"))).keyCount == 0)
        }
    }

    @Test("who and what does not exist is said to be missing")
    func missing() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let missing = [
                ("/v1/users/nobody", "user_not_found"),
                ("/v1/users/not%20a%20name", "user_not_found"),
                ("/v1/users/nobody/keys", "user_not_found"),
                ("/v1/servers/99999999", "server_not_found"),
                ("/v1/servers/x", "server_not_found"),
                ("/v1/servers/99999999/subusers", "server_not_found"),
                ("/v1/servers/\(server.id)/subusers/nobody", "subuser_not_found"),
                ("/v1/servers/\(server.id)/subusers/ann", "subuser_not_found"),
            ]
            for (path, code) in missing {
                let reply = try await client.get(path)
                #expect(reply.status == 404)
                #expect(try reply.errorCode() == code, "\(path)")
            }
        }
    }

    @Test("no password and no hash reaches the log or an answer")
    func secrets() async throws {
        try await withServedHost { host, client in
            let password = "tr0ub4dor-and-3"
            var replies = [
                try await client.post(
                    "/v1/users",
                    #"{"username": "ann", "email": "a@b.org", "password": "\#(password)"}"#
                )
            ]
            #expect(replies[0].status == 201)
            replies.append(
                try await client.patch("/v1/users/ann", #"{"password": "\#(password)2"}"#)
            )
            replies.append(
                try await client.patch("/v1/users/ann", #"{"passwordHash": "\#(password)"}"#)
            )
            replies.append(try await client.get("/v1/activity"))
            let hash = try #require(try host.store.signInCredentials(userName: "ann")?.passwordHash)
            let texts = host.log.lines + replies.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(texts.contains { $0.contains("user:update") })
            #expect(!texts.contains { $0.contains(password) || $0.contains(hash) })
        }
    }

    @Test("a store that fails is reported without taking the API down")
    func storeFailure() async throws {
        try await withServedHost { host, client in
            #expect(try await client.get("/healthz").status == 200)
            try host.store.close()
            let reply = try await client.get("/healthz")
            #expect(reply.status == 500)
            #expect(try reply.errorCode() == "store_unusable")
            #expect(host.log.lines.contains { $0.contains("control request failed") })
            #expect(try await client.get("/v1/permissions").status == 200)
        }
    }
}
