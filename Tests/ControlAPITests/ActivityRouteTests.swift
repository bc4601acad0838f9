import Foundation
import GateTestSupport
import SubuserStore
import Testing

@Suite("Reading the activity over the socket")
struct ActivityRouteTests {
    @Test("activity is found by the beginning of its event's name and by time, as text or number")
    func activityFilters() async throws {
        try await withServedHost { host, client in
            try await host.store.record(
                [("server:sftp.login", 0), ("server:sftp.write", 1500), ("user:create", 3000)].map {
                    ActivityEntry(time: Timestamp(milliseconds: $0.1), event: $0.0)
                }
            )
            let expected: [(String, [JSONValue])] = [
                ("", ["user:create", "server:sftp.write", "server:sftp.login"]),
                ("limit=1000", ["user:create", "server:sftp.write", "server:sftp.login"]),
                ("event=server:sftp.*", ["server:sftp.write", "server:sftp.login"]),
                ("event=server:sftp.l*", ["server:sftp.login"]),
                ("event=session:*", []),
                ("since=1", ["user:create", "server:sftp.write"]),
                ("since=1.5&until=3", ["server:sftp.write"]),
                ("until=1970-01-01T00:00:01.501Z", ["server:sftp.write", "server:sftp.login"]),
                ("since=1970-01-01T02:00:03%2B02:00", ["user:create"]),
                ("since=1970-01-01T02:00:03+02:00", ["user:create"]),
            ]
            for (query, events) in expected {
                let reply = try await client.get("/v1/activity?\(query)")
                #expect(reply.status == 200, "\(query)")
                #expect(try reply.members("event", of: "activity") == events, "\(query)")
            }
        }
    }

    @Test("activity is found by who did it and by whom it was done to, a server's with its owner's")
    func actors() async throws {
        try await withServedHost { host, client in
            let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
            let server = try await host.makeServer("one", owner: ann)
            try await host.share(server, with: bob, ["file.sftp"])
            let panel = client.panel(as: "ann")
            let path = "client/servers/\(server.id)/users/\(bob.id)"
            #expect(try await panel.post(path, #"{"permissions": ["file.read"]}"#).status == 200)
            let delegation = "/v1/users/ann/delegations/bob"
            let given = try await client.put(delegation, #"{"permissions": ["file.read"]}"#)
            #expect(given.status == 201)
            let here = "server:subuser.*"
            let expected: [(String, [JSONValue])] = [
                ("actor=ann", ["server:subuser.update"]),
                ("actor=\(ann.id)", ["server:subuser.update"]),
                ("actor=bob", []),
                ("actor=uid%201234&event=\(here)", ["server:subuser.create"]),
                ("actor=uid+1234&event=\(here)", ["server:subuser.create"]),
                ("actor=uid%201&event=\(here)", []),
                ("user=ann&event=\(here)", ["server:subuser.update"]),
                ("user=bob&event=\(here)", ["server:subuser.update", "server:subuser.create"]),
                ("user=bob&actor=ann", ["server:subuser.update"]),
                ("user=ann&event=user:delegation.*", ["user:delegation.create"]),
                ("server=\(server.id)&event=user:*", ["user:delegation.create"]),
                ("server=\(server.shortID)&event=user:*", ["user:delegation.create"]),
            ]
            for (query, events) in expected {
                let reply = try await client.get("/v1/activity?\(query)")
                #expect(try reply.members("event", of: "activity") == events, "\(query)")
            }
            let update = try await client.get("/v1/activity?event=server:subuser.update")
            #expect(try update.members("actor", of: "activity") == ["ann"])
            #expect(try update.members("actorUser", of: "activity") == [.text("\(ann.id)")])
            #expect(try update.members("user", of: "activity") == [.text("\(bob.id)")])
            let create = try await client.get("/v1/activity?event=server:subuser.create")
            #expect(try create.members("actorUser", of: "activity") == [.null])
            for name in ["nobody", "uid", "uid%20x", "uid%2001"] {
                let refused = try await client.get("/v1/activity?actor=\(name)")
                #expect(refused.status == 404, "\(name)")
                #expect(try refused.errorCode() == "user_not_found")
            }
            // A server that is gone has no owner any more; what was about itself is still there.
            #expect(try await client.delete("/v1/servers/\(server.id)").status == 200)
            let gone = try await client.get("/v1/activity?server=\(server.id)&event=server:delete")
            #expect(try gone.members("event", of: "activity") == ["server:delete"])
            let rest = try await client.get("/v1/activity?server=\(server.id)&event=user:*")
            #expect(try rest.members("event", of: "activity") == [])
        }
    }

    @Test("a change has the address that came with it, in one spelling; what is none is refused")
    func addresses() async throws {
        try await withServedHost { host, client in
            let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
            let server = try await host.makeServer("one", owner: ann)
            func send(
                _ method: String,
                _ path: String,
                _ body: String? = nil,
                from address: String?
            ) async throws -> Reply {
                try await client.send(method, path, body.map { Data($0.utf8) }, from: address)
            }
            func newest() async throws -> JSONValue? {
                let reply = try await client.get("/v1/activity?limit=1")
                return try reply.members("ip", of: "activity").first
            }
            let subuser = "/v1/servers/\(server.id)/subusers/\(bob.id)"
            let panel = "/api/client/servers/\(server.id)/users/\(bob.id)"
            let deauthorization = #"{"user": "\#(bob.id)", "servers": []}"#
            let lines = """
                {"kind":"user","uuid":"\(ann.id)","username":"ann","email":"ann@example.org",\
                "passwordHash":null}
                """
            let changes: [(String, String, String?)] = [
                ("PUT", subuser, #"{"permissions": ["file.sftp"]}"#),
                ("PATCH", panel, #"{"permissions": ["file.read"]}"#),
                ("POST", "/api/deauthorize-user", deauthorization),
                ("DELETE", panel, nil),
                ("POST", "/v1/revocations", #"{"user": "bob"}"#),
                ("PATCH", "/v1/users/bob", #"{"username": "bert"}"#),
                ("DELETE", "/v1/users/bert", nil),
                ("PUT", "/v1/snapshot", lines),
            ]
            for (number, (method, path, body)) in changes.enumerated() {
                let count = try await host.store.activity(ActivityQuery()).latest
                for address in [
                    "", "x", "192.0.2", "192.0.2.1:80", "192.0.2.1, 192.0.2.2", "[::1]",
                    "fe80::1%lo", "localhost", "1.2.3.4.5",
                ] {
                    let refused = try await send(method, path, body, from: address)
                    #expect(refused.status == 422, "\(path): \(address)")
                    if path.hasPrefix("/api/") {
                        #expect(try refused.brokenRules() == ["Portcullis-Client-Address ip"])
                    } else {
                        #expect(try refused.errorCode() == "invalid_client_address")
                    }
                }
                #expect(try await host.store.activity(ActivityQuery()).latest == count)
                let (given, kept) =
                    number.isMultiple(of: 2)
                    ? ("192.0.2.\(number)", "192.0.2.\(number)")
                    : ("2001:DB8:0::\(number)", "2001:db8::\(number)")
                let done = try await send(method, path, body, from: given)
                #expect((200...204).contains(done.status), "\(path): \(done)")
                #expect(try await newest() == .text(kept), "\(path)")
            }
            let without = try await send(
                "POST",
                "/v1/users",
                #"{"username": "cleo", "email": "cleo@example.org"}"#,
                from: nil
            )
            #expect(without.status == 201)
            #expect(try await newest() == .null)
            // It may come with every request, and is looked at everywhere.
            for path in ["/v1/users", "/healthz", "/openapi.json", "/api/client/permissions"] {
                #expect(try await send("GET", path, from: "192.0.2.1").status == 200, "\(path)")
                #expect(try await send("GET", path, from: "x").status == 422, "\(path)")
            }
        }
    }

    @Test("activity is read on from where the last answer ended, the oldest first")
    func activityAfter() async throws {
        try await withServedHost { host, client in
            let before = try await client.get("/v1/activity?after=0")
            #expect(try before.json == ["activity": .list([]), "next": .null, "latest": 0])
            try await host.store.record(["a", "b", "c"].map { ActivityEntry(event: $0) })
            let first = try await client.get("/v1/activity?after=0&limit=2")
            #expect(try first.members("event", of: "activity") == ["a", "b"])
            #expect(try first.value("next") == 2)
            #expect(try first.value("latest") == 3)
            let second = try await client.get("/v1/activity?after=2")
            #expect(try second.members("event", of: "activity") == ["c"])
            #expect(try second.value("next") == .null)
            var grown = try #require(
                try await host.store.activity(ActivityQuery(start: .after(0))).records.first
            )
            grown.entry.properties["files"] = .texts(["/x"])
            _ = try await host.store.record([], changed: [grown])
            let third = try await client.get("/v1/activity?after=3")
            #expect(try third.members("id", of: "activity") == [1])
            #expect(try third.value("latest") == 4)
            #expect(
                try await client.get("/v1/activity?after=4").members("id", of: "activity") == []
            )
        }
    }
}

extension Reply {
    /// One member of each object in a list.
    fileprivate func members(_ name: String, of list: String) throws -> [JSONValue] {
        guard case .list(let objects)? = try value(list) else { return [] }
        return objects.compactMap { object in
            if case .object(let members) = object { members[name] } else { nil }
        }
    }
}
