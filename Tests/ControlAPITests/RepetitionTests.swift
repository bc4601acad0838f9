import AsyncHTTPClient
import Foundation
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Requests with a key of their own")
struct RepetitionTests {
    private static let body =
        #"{"username":"ann","email":"ann@example.org","password":"correct horse"}"#

    @Test("are done once and answered twice")
    func repetition() async throws {
        try await withServedHost { host, client in
            let first = try await client.post("/v1/users", Self.body, key: "k 1")
            #expect(first.status == 201 && !first.isReplay)
            let second = try await client.post("/v1/users", Self.body, key: "k 1")
            #expect(second.status == 201 && second.isReplay)
            #expect(second.body == first.body)
            #expect(second.contentType == first.contentType)
            #expect(try await host.entries("user:create").count == 1)
            // Without the key, or with another, it is another request.
            #expect(try await client.post("/v1/users", Self.body).errorCode() == "email_exists")
            let other = try await client.post("/v1/users", Self.body, key: "k 2")
            #expect(try other.errorCode() == "email_exists")
            // The same key somewhere else is another request as well.
            let revoked = try await client.post("/v1/revocations", #"{"all":true}"#, key: "k 1")
            #expect(revoked.status == 200 && !revoked.isReplay)
        }
    }

    @Test("and another body are refused, and nothing about the password is easy to guess")
    func reuse() async throws {
        try await withServedHost { host, client in
            #expect(try await client.post("/v1/users", Self.body, key: "k").status == 201)
            let other = Self.body.replacingOccurrences(of: "horse", with: "house")
            let reply = try await client.post("/v1/users", other, key: "k")
            #expect(reply.status == 422)
            #expect(try reply.errorCode() == "idempotency_key_reused")
            let request = RepeatableRequest(
                key: try #require(IdempotencyKey("k")),
                method: "POST",
                path: "/v1/users"
            )
            let kept = try #require(try await host.store.keptAnswer(to: request, now: .now))
            #expect(kept.bodyHash.hasPrefix("$y$"))
            #expect(!String(decoding: kept.content, as: UTF8.self).contains("$y$"))
            let revoked = try await client.post("/v1/revocations", #"{"all":true}"#, key: "r")
            #expect(revoked.status == 200)
            let again = try await client.post("/v1/revocations", #"{"all": true}"#, key: "r")
            #expect(try again.errorCode() == "idempotency_key_reused")
        }
    }

    @Test("that were refused may be tried again")
    func refusals() async throws {
        try await withServedHost { host, client in
            let server = #"{"name":"One","owner":"ann","directory":"one"}"#
            let early = try await client.post("/v1/servers", server, key: "s")
            #expect(try early.errorCode() == "user_not_found")
            _ = try await host.makeUser("ann")
            try host.directory.makeDirectory("volumes/one")
            let made = try await client.post("/v1/servers", server, key: "s")
            #expect(made.status == 201 && !made.isReplay)
            #expect(try await client.post("/v1/servers", server, key: "s").isReplay)
        }
    }

    @Test("at the same time: one does it, all get its answer")
    func together() async throws {
        try await withServedHost { host, client in
            let replies = try await withThrowingTaskGroup(of: Reply.self) { group in
                for _ in 0..<8 {
                    group.addTask { try await client.post("/v1/users", Self.body, key: "k") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(replies.allSatisfy { $0.status == 201 })
            #expect(replies.count { !$0.isReplay } == 1)
            #expect(Set(replies.map(\.body)).count == 1)
            #expect(try await host.entries("user:create").count == 1)
        }
    }

    @Test("are done once even when the answer was lost with a crash, by what must be unique")
    func lostAnswer() async throws {
        try await withServedHost { host, client in
            // As if the program had ended between the change and keeping the answer.
            _ = try await client.post("/v1/users", Self.body)
            let reply = try await client.post("/v1/users", Self.body, key: "k")
            #expect(reply.status == 409 && !reply.isReplay)
            #expect(try reply.errorCode() == "email_exists")
        }
    }

    @Test("have keys of printable characters, and only what makes something takes one")
    func keys() async throws {
        try await withServedHost { host, client in
            let long = String(repeating: "k", count: 255)
            #expect(try await client.post("/v1/users", Self.body, key: long).status == 201)
            for key in [long + "k", "a\tb", "kä"] {
                let reply = try await client.post("/v1/users", Self.body, key: key)
                #expect(reply.status == 422)
                #expect(try reply.errorCode() == "invalid_idempotency_key")
            }
            let get = try await client.send("GET", "/v1/users", key: long)
            #expect(get.status == 200 && !get.isReplay)
        }
    }
}
