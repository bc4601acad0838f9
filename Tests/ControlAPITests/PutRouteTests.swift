import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Putting what shall be there")
struct PutRouteTests {
    private static let user = "01234567-89ab-4def-8123-456789abcdef"
    private static let server = "1a2b3c4d-0000-4000-8000-000000000000"
    private static let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e laptop"

    /// Puts something that is new, then twice something that is there.
    private func put(
        _ client: ControlClient,
        _ host: GateHost,
        _ path: String,
        _ body: String
    ) async throws -> Reply {
        let made = try await client.put(path, body)
        #expect(made.status == 201)
        let entries = try await host.store.activity(ActivityQuery()).records.count
        host.sessions.forgetCalls()
        let same = try await client.put(path, body)
        #expect(same.status == 200)
        #expect(try await host.store.activity(ActivityQuery()).records.count == entries)
        #expect(host.sessions.calls.isEmpty)
        return same
    }

    @Test("makes a user, changes what is different, and the same again changes nothing")
    func users() async throws {
        try await withServedHost { host, client in
            let path = "/v1/users/\(Self.user)"
            let body = #"{"username":"Ann","email":"Ann@example.org","password":"first"}"#
            let same = try await put(client, host, path, body)
            #expect(try same.value("user", "username") == "ann")
            let hash = try host.store.signInCredentials(userName: "ann")?.passwordHash
            // Left out is left alone; another value is another value.
            let admin = try await client.put(
                path,
                #"{"username":"ann","email":"Ann@example.org","administrator":true}"#
            )
            #expect(admin.status == 200)
            #expect(try admin.value("user", "administrator") == true)
            #expect(try host.store.signInCredentials(userName: "ann")?.passwordHash == hash)
            let changed = try await client.put(
                path,
                #"{"username":"ann","email":"Ann@example.org","password":"second"}"#
            )
            #expect(try changed.value("user", "administrator") == true)
            #expect(try host.store.signInCredentials(userName: "ann")?.passwordHash != hash)
            #expect(host.sessions.calls.map(\.reason).last == "Your password was changed")
            #expect(host.sessions.selectors.last == .user(Self.user))
            let none = try await client.put(
                path,
                #"{"username":"ann","email":"Ann@example.org","passwordHash":null}"#
            )
            #expect(try none.value("user", "hasPassword") == false)
            let named = try await client.put("/v1/users/ann", body)
            #expect(try named.errorCode() == "invalid_uuid")
            let partial = try await client.put(path, #"{"username":"ann"}"#)
            #expect(try partial.errorCode() == "missing_field")
            let other = try await client.put("/v1/users/\(Self.server)", body)
            #expect(other.status == 409)
            #expect(try other.errorCode() == "email_exists")
        }
    }

    @Test("tells the invitations that a new user's address had")
    func invitations() async throws {
        let inviting = SharingOptions(unknownEmail: .invite(lifetime: 60_000))
        let host = try GateHost(sharing: inviting)
        try await withServer(of: host, socket: host.directory.file("s")) { host, client in
            let server = try await host.makeServer("one", owner: host.makeUser("ann"))
            let invited = try await client.post(
                "/v1/servers/\(server.id)/subusers",
                #"{"user":"bob@example.org","permissions":["file.read"]}"#
            )
            #expect(invited.status == 201)
            let path = "/v1/users/\(Self.user)"
            let body = #"{"username":"bob","email":"bob@example.org"}"#
            let made = try await client.put(path, body)
            #expect(
                try made.value("fulfilledInvitations")
                    == .list([
                        .object([
                            "server": .text("\(server.id)"),
                            "permissions": .texts(["file.read", "websocket.connect"]),
                        ])
                    ])
            )
            let same = try await client.put(path, body)
            #expect(same.status == 200)
            #expect(try same.value("fulfilledInvitations") == nil)
        }
    }

    @Test("adds a key once, and gives it another name")
    func keys() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let path = "/v1/users/ann/keys"
            let same = try await put(client, host, path, #"{"publicKey":"\#(Self.key)"}"#)
            #expect(try same.value("key", "name") == "laptop")
            let named = try await client.put(
                path,
                #"{"publicKey":"\#(Self.key)","name":"desktop"}"#
            )
            #expect(try named.value("key", "name") == "desktop")
            #expect(try await host.entries("user:ssh-key.update").count == 1)
            #expect(host.sessions.calls.isEmpty)
            let unnamed = try await client.put(path, #"{"publicKey":"\#(Self.key)"}"#)
            #expect(try unnamed.value("key", "name") == "desktop")
            #expect(try await client.put("/v1/users/bob/keys", "{}").status == 422)
            let nobody = try await client.put(
                "/v1/users/bob/keys",
                #"{"publicKey":"\#(Self.key)"}"#
            )
            #expect(try nobody.errorCode() == "user_not_found")
        }
    }

    @Test("makes a server, and changes what is different")
    func servers() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            try host.directory.makeDirectory("volumes/one")
            let path = "/v1/servers/\(Self.server)"
            let body = #"{"name":"One","owner":"ann","directory":"one"}"#
            _ = try await put(client, host, path, body)
            let suspended = try await client.put(
                path,
                #"{"name":"One","owner":"ann","directory":"one","state":"suspended"}"#
            )
            #expect(try suspended.value("server", "state") == "suspended")
            #expect(host.sessions.selectors == [.server(Self.server)])
            // Nobody gets in because a field was left out.
            #expect(try await client.put(path, body).value("server", "state") == "suspended")
            let lost = try await client.put(
                path,
                #"{"name":"One","owner":"bob","directory":"one"}"#
            )
            #expect(try lost.errorCode() == "user_not_found")
            let short = try await client.put("/v1/servers/1a2b3c4d", body)
            #expect(try short.errorCode() == "invalid_uuid")
        }
    }

    @Test("makes a subuser, replaces their permissions, and ends their sessions for that")
    func subusers() async throws {
        try await withServedHost { host, client in
            let owner = try await host.makeUser("ann")
            let guest = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: owner)
            let path = "/v1/servers/\(server.id)/subusers/bob"
            let same = try await put(
                client,
                host,
                path,
                #"{"permissions":["file.sftp","file.read"]}"#
            )
            #expect(try same.value("subuser", "username") == "bob")
            _ = host.openSession(of: guest, on: server)
            let less = try await client.put(path, #"{"permissions":["file.sftp"]}"#)
            #expect(less.status == 200)
            #expect(try less.value("revocation", "found") == 1)
            #expect(try await client.put(path, #"{}"#).errorCode() == "missing_field")
            let owning = try await client.put(
                "/v1/servers/\(server.id)/subusers/ann",
                #"{"permissions":[]}"#
            )
            #expect(try owning.errorCode() == "owner_as_subuser")
            let nobody = try await client.put(
                "/v1/servers/\(server.id)/subusers/carol",
                #"{"permissions":[]}"#
            )
            #expect(try nobody.errorCode() == "user_not_found")
        }
    }
}
