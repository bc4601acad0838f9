import ControlAPI
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Users, keys, servers and subusers over the socket")
struct ResourceTests {
    private static let id = "01234567-89ab-4def-8123-456789abcdef"
    private static let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e laptop"
    private static let fingerprint = "SHA256:hGTxRv1X7srAS6uOBfy6/Fw4tBMv/SATWtJ1Jcnc2PQ"

    @Test("a user is created, shown by uuid, name and address, changed and deleted")
    func users() async throws {
        try await withServedHost { host, client in
            let made = try await client.post(
                "/v1/users",
                """
                {"username": "Ann", "email": "Ann@example.org", "password": "pw", "uuid": "\(Self.id)"}
                """
            )
            #expect(made.status == 201)
            #expect(try made.value("user", "uuid") == .text(Self.id))
            #expect(try made.value("user", "username") == "ann")
            #expect(try made.value("user", "email") == "Ann@example.org")
            #expect(try made.value("user", "administrator") == false)
            #expect(try made.value("user", "hasPassword") == true)
            #expect(try made.value("user", "keys") == 0)
            #expect(try made.value("revocation", "found") == 0)
            guard case .text(let time)? = try made.value("user", "createdAt") else {
                Issue.record("no time")
                return
            }
            #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
            for name in [Self.id, "ann", "ANN", "ann%40EXAMPLE.org"] {
                let shown = try await client.get("/v1/users/\(name)")
                #expect(shown.status == 200)
                #expect(try shown.value("user") == made.value("user"))
            }
            let listed = try await client.get("/v1/users")
            #expect(try listed.value("users") == .list([made.value("user") ?? .null]))
            let changed = try await client.patch(
                "/v1/users/ann",
                #"{"username": "anna", "administrator": true, "password": null}"#
            )
            #expect(changed.status == 200)
            #expect(try changed.value("user", "username") == "anna")
            #expect(try changed.value("user", "administrator") == true)
            #expect(try changed.value("user", "hasPassword") == false)
            let deleted = try await client.delete("/v1/users/anna")
            #expect(deleted.status == 200)
            #expect(try deleted.value("deleted") == .text(Self.id))
            #expect(try deleted.value("revocation", "found") == 0)
            #expect(try await client.get("/v1/users/anna").status == 404)
            #expect(host.log.lines.contains { $0.contains("user:delete") })
        }
    }

    @Test("a panel's hash is stored as it is, and a weak one is refused")
    func passwordHash() async throws {
        try await withServedHost { host, client in
            let hash = "$2y$04$s/ImRc0lzOG5TPzBEFu.U.lERBG42EebO66/rU7CcM8MWWda49xhy"
            let made = try await client.post(
                "/v1/users",
                #"{"username": "ann", "email": "ann@example.org", "passwordHash": "\#(hash)"}"#
            )
            #expect(made.status == 201)
            #expect(try host.store.signInCredentials(userName: "ann")?.passwordHash == hash)
            let weak = try await client.patch("/v1/users/ann", #"{"passwordHash": "$1$a$b"}"#)
            #expect(weak.status == 422)
            #expect(try weak.errorCode() == "invalid_password")
            let both = try await client.patch(
                "/v1/users/ann",
                #"{"passwordHash": "\#(hash)", "password": "x"}"#
            )
            #expect(try both.errorCode() == "invalid_password")
            #expect(try host.store.signInCredentials(userName: "ann")?.passwordHash == hash)
        }
    }

    @Test("a key is added and listed, and removed by its fingerprint in either spelling")
    func keys() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let escaped = Self.fingerprint.replacing("/", with: "%2F").replacing(":", with: "%3A")
            for spelling in [escaped, String(escaped.dropFirst(9))] {
                let added = try await client.post(
                    "/v1/users/ann/keys",
                    #"{"publicKey": "\#(Self.key)"}"#
                )
                #expect(added.status == 201)
                #expect(try added.value("key", "fingerprint") == .text(Self.fingerprint))
                #expect(try added.value("key", "type") == "ssh-ed25519")
                #expect(try added.value("key", "name") == "laptop")
                let again = try await client.post(
                    "/v1/users/ann/keys",
                    #"{"publicKey": "\#(Self.key)", "name": "other"}"#
                )
                #expect(again.status == 409)
                #expect(try again.errorCode() == "key_exists")
                let listed = try await client.get("/v1/users/ann/keys")
                #expect(try listed.value("keys") == .list([added.value("key") ?? .null]))
                let removed = try await client.delete("/v1/users/ann/keys/\(spelling)")
                #expect(removed.status == 200)
                #expect(try removed.value("deleted") == .text(Self.fingerprint))
                #expect(try await client.get("/v1/users/ann/keys").value("keys") == .list([]))
            }
            let gone = try await client.delete("/v1/users/ann/keys/\(escaped)")
            #expect(try gone.errorCode() == "key_not_found")
        }
    }

    @Test("a server is created, shown by uuid and short id, changed and deleted")
    func servers() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            _ = try await host.makeUser("bob")
            try host.directory.makeDirectory("volumes/one")
            let body = """
                {"uuid": "\(Self.id)", "name": "One", "owner": "ann", "directory": "one"}
                """
            let made = try await client.post("/v1/servers", body)
            #expect(made.status == 201)
            #expect(try made.value("server", "uuid") == .text(Self.id))
            #expect(try made.value("server", "shortId") == "01234567")
            #expect(try made.value("server", "owner") == .text("\(ann.id)"))
            #expect(try made.value("server", "ownerName") == "ann")
            #expect(try made.value("server", "directory") == "one")
            #expect(try made.value("server", "state") == "normal")
            #expect(try await client.post("/v1/servers", body).errorCode() == "uuid_exists")
            for name in [Self.id, "01234567"] {
                let shown = try await client.get("/v1/servers/\(name)")
                #expect(try shown.value("server") == made.value("server"))
            }
            let changed = try await client.patch(
                "/v1/servers/01234567",
                #"{"name": "Two", "owner": "bob@example.org", "state": "suspended"}"#
            )
            #expect(changed.status == 200)
            #expect(try changed.value("server", "ownerName") == "bob")
            #expect(try changed.value("server", "state") == "suspended")
            #expect(host.sessions.selectors == [.server(Self.id)])
            let listed = try await client.get("/v1/servers")
            #expect(try listed.value("servers") == .list([changed.value("server") ?? .null]))
            let owner = try await client.delete("/v1/users/bob")
            #expect(owner.status == 409)
            #expect(try owner.errorCode() == "owns_servers")
            let deleted = try await client.delete("/v1/servers/01234567")
            #expect(try deleted.value("deleted") == .text(Self.id))
            #expect(try await client.get("/v1/servers/01234567").status == 404)
        }
    }

    @Test("a server's directory must exist below the volumes directory")
    func directories() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            for directory in ["missing", "../outside", "/etc", ""] {
                let refused = try await client.post(
                    "/v1/servers",
                    #"{"name": "One", "owner": "ann", "directory": "\#(directory)"}"#
                )
                #expect(refused.status == 422)
                #expect(try refused.errorCode() == "invalid_directory")
            }
            try host.directory.makeDirectory("volumes/missing")
            let made = try await client.post(
                "/v1/servers",
                #"{"name": "One", "owner": "ann", "directory": "missing"}"#
            )
            #expect(made.status == 201)
        }
    }

    @Test("a subuser is added, shown, changed with what it ended, and removed")
    func subusers() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let bob = try await host.makeUser("bob")
            let server = try await host.makeServer("one", owner: ann)
            let path = "/v1/servers/\(server.shortID)/subusers"
            let added = try await client.post(
                path,
                #"{"user": "bob", "permissions": ["file.sftp", "file.fly"]}"#
            )
            #expect(added.status == 201)
            #expect(try added.value("subuser", "user") == .text("\(bob.id)"))
            #expect(try added.value("subuser", "username") == "bob")
            #expect(try added.value("subuser", "email") == "bob@example.org")
            let both = JSONValue.texts(["file.sftp", "websocket.connect"])
            #expect(try added.value("subuser", "permissions") == both)
            #expect(try added.value("droppedPermissions") == .texts(["file.fly"]))
            let again = try await client.post(path, #"{"user": "bob", "permissions": []}"#)
            #expect(again.status == 409)
            #expect(try again.errorCode() == "subuser_exists")
            let owner = try await client.post(path, #"{"user": "ann", "permissions": []}"#)
            #expect(owner.status == 409)
            #expect(try owner.errorCode() == "owner_as_subuser")
            let shown = try await client.get("\(path)/bob%40example.org")
            #expect(try shown.value("subuser") == added.value("subuser"))
            _ = host.openSession(of: bob, on: server)
            let changed = try await client.patch("\(path)/bob", #"{"permissions": []}"#)
            #expect(changed.status == 200)
            #expect(try changed.value("revocation", "found") == 1)
            #expect(try changed.value("revocation", "endedByGoodbye") == 1)
            #expect(try changed.value("revocation", "endedByKill") == 0)
            #expect(try changed.value("revocation", "pending") == .list([]))
            #expect(try changed.value("droppedPermissions") == nil)
            let removed = try await client.delete("\(path)/\(bob.id)")
            #expect(try removed.value("deleted") == .text("\(bob.id)"))
            #expect(try await client.get(path).value("subusers") == .list([]))
            #expect(try await client.get("\(path)/bob").errorCode() == "subuser_not_found")
        }
    }
}
