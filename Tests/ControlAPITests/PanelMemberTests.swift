import ControlAPI
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Subusers in the form of the panels")
struct PanelMemberTests {
    private static let inviting = SharingOptions(unknownEmail: .invite(lifetime: 60_000))

    @Test("a subuser has the members that panels' frontends read")
    func shape() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let bob = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            let users = "client/servers/\(server.shortID)/users"
            let added = try await client.panel(as: "ann").post(
                users,
                #"{"email": "BOB@example.org", "permissions": ["file.sftp", "file.fly"]}"#
            )
            #expect(added.status == 200)
            #expect(try added.json["object"] == "server_subuser")
            guard case .object(let attributes)? = try added.json["attributes"] else {
                Issue.record("no attributes")
                return
            }
            #expect(
                attributes.filter { $0.key != "created_at" } == [
                    "uuid": .text("\(bob.id)"), "username": "bob", "email": "bob@example.org",
                    "image":
                        "https://www.gravatar.com/avatar/10ac39056a4b6f1f6804d724518ff2dc",
                    "2fa_enabled": false,
                    "permissions": .texts(["file.sftp", "websocket.connect"]),
                ]
            )
            guard case .text(let time)? = attributes["created_at"] else {
                Issue.record("no time")
                return
            }
            let form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00/
            #expect(time.wholeMatch(of: form) != nil)
            #expect(try added.value("meta", "dropped") == .texts(["file.fly"]))
            #expect(try added.value("meta", "revoked", "found") == 0)
            for name in ["\(bob.id)", "bob", "Bob%40example.org"] {
                let shown = try await client.panel(as: "ann").get("\(users)/\(name)")
                #expect(try shown.json == added.json.filter { $0.key != "meta" })
            }
            let listed = try await client.panel(as: "ann@example.org").get(
                "client/servers/\(server.id)/users"
            )
            #expect(try listed.json["object"] == "list")
            #expect(
                try listed.json["data"] == .list([.object(added.json.filter { $0.key != "meta" })])
            )
        }
    }

    @Test("POST and PATCH both replace permissions, and tell what they ended")
    func update() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let bob = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            try await host.share(server, with: bob, ["file.sftp"])
            let path = "client/servers/\(server.id)/users/\(bob.id)"
            for (method, name) in [("POST", "file.read"), ("PATCH", "file.update")] {
                _ = host.openSession(of: bob, on: server)
                let changed = try await client.panel(as: "ann").send(
                    method,
                    path,
                    #"{"email": "bob@example.org", "permissions": ["\#(name)", "\#(name)"]}"#
                )
                #expect(changed.status == 200)
                #expect(
                    try changed.attribute("permissions") == .texts([name, "websocket.connect"])
                )
                #expect(try changed.value("meta", "revoked", "found") == 1)
                #expect(try changed.value("meta", "dropped") == .list([]))
            }
            let calls = host.sessions.calls.count
            let same = try await client.panel(as: "ann").post(
                path,
                #"{"permissions": ["file.update", "websocket.connect"]}"#
            )
            #expect(same.status == 200)
            #expect(host.sessions.calls.count == calls)
        }
    }

    @Test("a removal answers 204 without content, and a header says what it ended")
    func removal() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let bob = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            try await host.share(server, with: bob, ["file.sftp"])
            _ = host.openSession(of: bob, on: server)
            let path = "client/servers/\(server.id)/users/bob"
            let removed = try await client.panel(as: "ann").delete(path)
            #expect(removed.status == 204)
            #expect(removed.body.isEmpty)
            #expect(
                removed.revoked == "found=1, goodbye=1, kill=0, pending=0, milliseconds=1"
            )
            let gone = try await client.panel(as: "ann").delete(path)
            #expect(gone.status == 404)
            let actors = try await host.entries("server:subuser.delete").map(\.actor)
            #expect(actors == ["ann"])
        }
    }

    @Test("a pending invitation is listed, shown, changed and withdrawn like a subuser")
    func invitations() async throws {
        let host = try GateHost(sharing: Self.inviting)
        try await withServer(of: host, socket: host.directory.file("s")) { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let users = "client/servers/\(server.id)/users"
            let body = #"{"email": "new@example.org", "permissions": ["file.sftp"]}"#
            let invited = try await client.panel(as: "ann").post(users, body)
            #expect(invited.status == 200)
            #expect(try invited.json["object"] == "server_subuser")
            #expect(try invited.attribute("pending") == true)
            #expect(try invited.attribute("username") == .null)
            #expect(try invited.attribute("email") == "new@example.org")
            guard case .text(let id)? = try invited.attribute("uuid"),
                case .text(let expiry)? = try invited.attribute("expires_at")
            else {
                Issue.record("no invitation")
                return
            }
            #expect(expiry.hasSuffix("+00:00"))
            let listed = try await client.panel(as: "ann").get(users)
            #expect(try listed.attributes("pending") == [true])
            for name in [id, "new%40example.org"] {
                let shown = try await client.panel(as: "ann").get("\(users)/\(name)")
                #expect(try shown.attribute("uuid") == .text(id))
            }
            let again = try await client.panel(as: "ann").post(users, body)
            #expect(again.status == 400)
            #expect(try again.panelCode() == "ServerSubuserExistsException")
            let changed = try await client.panel(as: "ann").post(
                "\(users)/\(id)",
                #"{"permissions": ["file.read"]}"#
            )
            #expect(
                try changed.attribute("permissions") == .texts(["file.read", "websocket.connect"])
            )
            let removed = try await client.panel(as: "ann").delete("\(users)/\(id)")
            #expect(removed.status == 204)
            #expect(try await client.panel(as: "ann").get(users).attributes("uuid").isEmpty)
        }
    }

    @Test("an address that nobody has is a mistake where nobody is invited")
    func unknownAddress() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let refused = try await client.panel(as: "ann").post(
                "client/servers/\(server.id)/users",
                #"{"email": "new@example.org", "permissions": ["file.sftp"]}"#
            )
            #expect(refused.status == 422)
            #expect(
                try refused.panelErrors() == [
                    Reply.PanelError(
                        code: "ValidationException",
                        detail: "User not found",
                        field: "email",
                        rule: "exists"
                    )
                ]
            )
        }
    }

    @Test("a host that refuses unknown names refuses the whole request")
    func strictHost() async throws {
        let host = try GateHost(sharing: SharingOptions(unknownPermissions: .refuse))
        try await withServer(of: host, socket: host.directory.file("s")) { host, client in
            let ann = try await host.makeUser("ann")
            _ = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            let users = "client/servers/\(server.id)/users"
            let refused = try await client.panel(as: "ann").post(
                users,
                #"{"email": "bob@example.org", "permissions": ["file.fly"]}"#
            )
            #expect(refused.status == 422)
            #expect(try refused.brokenRules() == ["permissions in"])
            let taken = try await client.panel(as: "ann").post(
                users,
                #"{"email": "bob@example.org", "permissions": ["file.*"]}"#
            )
            #expect(taken.status == 200)
        }
    }
}

extension GateHost {
    /// Makes a user a subuser.
    func share(_ server: Server, with user: User, _ permissions: [String]) async throws {
        _ = try await administration.addMember(
            .id(user.id),
            to: .id(server.id),
            permissions: permissions,
            by: Actor(caller)
        )
    }

    /// Changes what a server is in the middle of.
    func put(_ server: Server, into state: ServerState) async throws {
        _ = try await administration.changeServer(
            .id(server.id),
            ServerRevision(state: state),
            by: caller
        )
    }
}
