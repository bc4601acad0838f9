import ControlAPI
import Foundation
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Permissions, activity and deauthorisation in the form of the panels")
struct PanelHostTests {
    @Test("the catalogue is an object of groups, as panels' forms take it")
    func permissions() async throws {
        try await withServedHost { _, client in
            let reply = try await client.panel().get("client/permissions")
            #expect(reply.status == 200)
            #expect(try reply.json["object"] == "system_permissions")
            let websocket = try reply.value("attributes", "permissions", "websocket")
            let connect: JSONValue = "See the server with its console output and figures"
            #expect(
                websocket
                    == .object([
                        "description": "Seeing the server in the panel",
                        "keys": .object(["connect": connect]),
                    ])
            )
            let path = ["attributes", "permissions", "database", "keys", "view_password"]
            #expect(
                try reply.value(path[0], path[1], path[2], path[3], path[4])
                    == "See database passwords"
            )
            #expect(
                try reply.value("attributes", "presets", "console", "permissions")
                    == .texts([
                        "control.console", "control.restart", "control.start", "control.stop",
                        "websocket.connect",
                    ])
            )
            let nobody = try await client.panel(as: "nobody").get("client/permissions")
            #expect(nobody.status == 401)
        }
    }

    @Test("activity takes activity.read, is paged by a cursor and hides addresses of others")
    func activity() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let bob = try await host.makeUser("bob")
            _ = try await host.makeUser("root", administrator: true)
            let server = try await host.makeServer("one", owner: ann)
            try await host.share(server, with: bob, ["activity.read"])
            try await host.share(server, with: host.makeUser("cleo"), ["file.sftp"])
            try await host.store.record([
                ActivityEntry(
                    event: "server:sftp.login",
                    userID: ann.id,
                    userName: "ann",
                    serverID: server.id,
                    ip: "192.0.2.7",
                    properties: ["method": "password"]
                )
            ])
            let path = "client/servers/\(server.shortID)/activity"
            for (user, ip) in [
                (nil, "192.0.2.7"), ("root", "192.0.2.7"), ("ann", "192.0.2.7"), ("bob", nil),
            ] {
                let reply = try await client.panel(as: user).get("\(path)?limit=2")
                #expect(reply.status == 200)
                #expect(
                    try reply.attributes("event") == [
                        "server:sftp.login", "server:subuser.create",
                    ]
                )
                #expect(try reply.attributes("ip").first == ip.map { .text($0) } ?? .null)
                #expect(try reply.attributes("actor") == ["ann", "uid 1234"])
                #expect(try reply.attributes("description") == [.null, .null])
                #expect(
                    try reply.attributes("properties").first == .object(["method": "password"])
                )
                guard case .number(let before)? = try reply.value("meta", "cursor", "before") else {
                    Issue.record("no cursor")
                    return
                }
                let next = try await client.panel(as: user).get("\(path)?before=\(before)")
                #expect(
                    try next.attributes("event") == ["server:subuser.create", "server:create"]
                )
                #expect(try next.value("meta", "cursor", "before") == .null)
            }
            let some = try await client.panel().get("\(path)?event=server%3Acreate")
            #expect(try some.attributes("event") == ["server:create"])
            let refused = try await client.panel(as: "cleo").get(path)
            #expect(refused.status == 403)
            #expect(try refused.panelCode() == "AuthorizationException")
            let wrong = try await client.panel(as: "ann").get("\(path)?limit=0&page=2")
            #expect(try wrong.brokenRules() == ["page prohibited"])
            let none = try await client.panel(as: "ann").get("\(path)?before=x")
            #expect(try none.brokenRules() == ["before min"])
            let most = try await client.panel(as: "ann").get("\(path)?limit=1000")
            #expect(most.status == 200)
            for limit in ["0", "1001", "5000", "x", "99999999999999999999"] {
                let refused = try await client.panel(as: "ann").get("\(path)?limit=\(limit)")
                #expect(try refused.brokenRules() == ["limit between"], "\(limit)")
            }
            try await host.put(server, into: .suspended)
            #expect(try await client.panel(as: "ann").get(path).status == 409)
            #expect(try await client.panel().get(path).status == 200)
        }
    }

    @Test("the address of a change is for who made it, who it was made to is told as its subject")
    func changes() async throws {
        try await withServedHost { host, client in
            let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
            let root = try await host.makeUser("root", administrator: true)
            let server = try await host.makeServer("one", owner: ann)
            try await host.share(server, with: bob, ["activity.read", "file.sftp"])
            let change = try await client.send(
                "PATCH",
                "/api/client/servers/\(server.id)/users/\(bob.id)",
                Data(#"{"permissions": ["activity.read"]}"#.utf8),
                actingAs: "ann",
                from: "192.0.2.9"
            )
            #expect(change.status == 200)
            _ = try await host.administration.setDelegation(
                by: .id(ann.id),
                to: .id(root.id),
                permissions: ["file.read"],
                by: Actor(host.caller)
            )
            let path = "client/servers/\(server.shortID)/activity"
            let delegation = JSONValue.text("user:delegation.create")
            for (user, ip) in [(nil, "192.0.2.9"), ("root", "192.0.2.9"), ("ann", "192.0.2.9")] {
                let reply = try await client.panel(as: user).get("\(path)?limit=2")
                #expect(try reply.attributes("event") == [delegation, "server:subuser.update"])
                #expect(try reply.attributes("ip") == [.null, .text(ip)])
                #expect(try reply.attributes("actor") == ["uid 1234", "ann"])
                #expect(
                    try reply.attributes("subject") == [
                        .object(["uuid": .text("\(root.id)"), "username": "root"]),
                        .object(["uuid": .text("\(bob.id)"), "username": "bob"]),
                    ]
                )
            }
            // The delegations of an account are not for those who share one server of it.
            let reply = try await client.panel(as: "bob").get("\(path)?limit=3")
            #expect(
                try reply.attributes("event")
                    == ["server:subuser.update", "server:subuser.create", "server:create"]
            )
            #expect(try reply.attributes("ip") == [.null, .null, .null])
            #expect(try reply.attributes("subject").last == .null)
        }
    }

    @Test("deauthorisation ends sessions on the servers named, or on all")
    func deauthorisation() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let servers = [
                try await host.makeServer("one", owner: ann),
                try await host.makeServer("two", owner: ann),
            ]
            for server in servers { _ = host.openSession(of: ann, on: server) }
            let panel = client.panel()
            let unknown = ServerID.random()
            let one = try await panel.post(
                "deauthorize-user",
                #"{"user": "\#(ann.id)", "servers": ["\#(servers[0].id)", "\#(unknown)"]}"#
            )
            #expect(one.status == 204)
            #expect(one.body.isEmpty)
            #expect(one.revoked?.hasPrefix("found=1, ") == true)
            let all = try await panel.post(
                "deauthorize-user",
                #"{"user": "\#(ann.id)", "servers": []}"#
            )
            #expect(all.status == 204)
            #expect(all.revoked?.hasPrefix("found=1, ") == true)
            let nobody = try await panel.post("deauthorize-user", #"{"user": "\#(unknown)"}"#)
            #expect(nobody.status == 204)
            #expect(nobody.revoked?.hasPrefix("found=0, ") == true)
            #expect(
                host.sessions.selectors == [
                    .userOnServers(
                        user: "\(ann.id)",
                        servers: ["\(servers[0].id)", "\(unknown)"]
                    ),
                    .user("\(ann.id)"), .user("\(unknown)"),
                ]
            )
        }
    }

    @Test("a deauthorisation that could mean something else ends nothing")
    func malformedDeauthorisation() async throws {
        try await withServedHost { host, client in
            let id = UserID.random()
            let refused = [
                ("{}", ["user required"]),
                (#"{"user": "ann", "servers": []}"#, ["user uuid"]),
                (#"{"user": "\#(id)", "servers": "x"}"#, ["servers array"]),
                (#"{"user": "\#(id)", "servers": ["01234567"]}"#, ["servers.0 uuid"]),
                // A panel whose call is wrapped twice must not end everybody's sessions.
                (#"{"json": {"user": "\#(id)"}}"#, ["user required", "json prohibited"]),
                (#"{"user": "\#(id)", "server": "\#(id)"}"#, ["server prohibited"]),
            ]
            for (body, rules) in refused {
                let reply = try await client.panel().post("deauthorize-user", body)
                #expect(reply.status == 422)
                #expect(try Set(reply.brokenRules()) == Set(rules), "\(body)")
            }
            let broken = try await client.panel().post("deauthorize-user", "{")
            #expect(try broken.panelCode() == "BadRequestHttpException")
            let acting = try await client.panel(as: "ann").post(
                "deauthorize-user",
                #"{"user": "\#(id)"}"#
            )
            #expect(try acting.brokenRules() == ["Portcullis-Acting-User prohibited"])
            #expect(host.sessions.calls.isEmpty)
        }
    }

    @Test("paths, methods and sizes are refused in the form of the panels")
    func refusals() async throws {
        try await withServedHost { _, client in
            for path in ["", "client", "client/servers", "client/servers/x/users/", "servers"] {
                let reply = try await client.panel().get(path)
                #expect(reply.status == 404)
                #expect(try reply.panelCode() == "NotFoundHttpException")
            }
            let put = try await client.panel().send("PUT", "client/servers/x/users", "{}")
            #expect(put.status == 405)
            #expect(put.allow == "GET, POST")
            #expect(try put.panelCode() == "MethodNotAllowedHttpException")
            let large = String(repeating: " ", count: (1 << 20) + 1)
            let refused = try await client.panel().post("deauthorize-user", large)
            #expect(refused.status == 413)
            #expect(try refused.panelCode() == "PostTooLargeException")
        }
    }

    @Test("a store that fails is a fault of ours")
    func storeFailure() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let path = "client/servers/\(server.id)/users"
            #expect(try await client.panel().get(path).status == 200)
            try host.store.close()
            let reply = try await client.panel().get(path)
            #expect(reply.status == 500)
            #expect(try reply.panelCode() == "HttpException")
            #expect(host.log.lines.contains { $0.contains("panel request failed") })
        }
    }

    @Test("the header of the acting user is refused where nobody would obey it")
    func headerElsewhere() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            for path in ["/v1/users", "/v1/users/ann", "/v1/permissions", "/healthz"] {
                #expect(try await client.get(path).status == 200)
                for name in ["ann", "nobody", ""] {
                    let reply = try await client.send("GET", path, actingAs: name)
                    #expect(reply.status == 422)
                    #expect(try reply.errorCode() == "acting_user_not_possible")
                }
            }
        }
    }
}
