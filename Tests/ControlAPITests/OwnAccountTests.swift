import Foundation
import GateTestSupport
import SubuserStore
import Testing

@Suite("What people ask about their whole account")
struct OwnAccountTests {
    @Test("owners delegate in their own name, others do not in theirs")
    func delegations() async throws {
        try await withServedHost { host, client in
            for name in ["ann", "bob", "cleo"] { _ = try await host.makeUser(name) }
            let path = "/v1/users/ann/delegations/bob"
            let permissions = Data(#"{"permissions": ["file.sftp"]}"#.utf8)
            for (method, status) in [("PUT", 201), ("PUT", 200), ("GET", 200), ("DELETE", 200)] {
                let body = method == "PUT" ? permissions : nil
                for name in ["bob", "cleo"] {
                    let refused = try await client.send(method, path, body, actingAs: name)
                    #expect(refused.status == 403)
                    #expect(try refused.errorCode() == "not_their_account")
                }
                let nobody = try await client.send(method, path, body, actingAs: "nobody")
                #expect(nobody.status == 401)
                #expect(try nobody.errorCode() == "acting_user_not_found")
                let done = try await client.send(method, path, body, actingAs: "ann")
                #expect(done.status == status)
            }
            let actors = try await host.entries("user:delegation.create").map(\.actor)
            #expect(actors == ["ann"])
        }
    }

    @Test("people look at their own account, and only administrators at that of others")
    func accounts() async throws {
        try await withServedHost { host, client in
            for name in ["ann", "bob"] { _ = try await host.makeUser(name) }
            _ = try await host.makeUser("root", administrator: true)
            for part in ["delegations", "access"] {
                func look(at name: String, as user: String?) async throws -> Reply {
                    try await client.send("GET", "/v1/users/\(name)/\(part)", actingAs: user)
                }
                for user in [nil, "ann", "root"] {
                    #expect(try await look(at: "ann", as: user).status == 200)
                }
                for name in ["ann", "nobody"] {
                    let refused = try await look(at: name, as: "bob")
                    #expect(refused.status == 403)
                    #expect(try refused.errorCode() == "not_their_account")
                }
                #expect(try await look(at: "nobody", as: "root").status == 404)
            }
        }
    }
}
