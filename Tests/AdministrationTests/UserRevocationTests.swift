import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore
import Testing
import WireFormat

@Suite("Changes to users and keys")
struct UserRevocationTests {
    @Test("a new user ends nobody's session and is recorded with who made them")
    func creation() async throws {
        let host = try GateHost()
        let user = try await host.makeUser("ann", administrator: true)
        #expect(user.hasPassword && user.isAdministrator)
        #expect(host.sessions.calls.isEmpty)
        let entry = try #require(try await host.entries("user:create").first)
        #expect(entry.userID == user.id)
        #expect(entry.actor == "uid 1234")
        #expect(entry.properties == ["email": "ann@example.org", "administrator": true])
    }

    @Test("a new password ends the user's sessions everywhere, and only theirs")
    func password() async throws {
        let host = try GateHost()
        let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
        let server = try await host.makeServer("one", owner: ann)
        _ = host.openSession(of: ann, on: server)
        let other = host.openSession(of: bob, on: server)
        let done = try await host.administration.changeUser(
            .id(ann.id),
            UserRevision(password: .replace(.plain(Secret("another")))),
            by: host.caller
        )
        #expect(host.sessions.selectors == [.user("\(ann.id)")])
        #expect(done.revocation.found == 1)
        #expect(await host.sessions.sessions().map(\.id) == [other])
        let entry = try #require(try await host.entries("user:update").first)
        #expect(entry.properties["password"] == true)
        guard case .object(let revoked) = entry.properties["revoked"] else {
            Issue.record("nothing about sessions: \(entry)")
            return
        }
        #expect(revoked["found"] == 1 && revoked["endedByGoodbye"] == 1)
    }

    @Test("a removed password, a lost flag and a new name end sessions; a new address does not")
    func otherEdits() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann", administrator: true)
        func change(_ revision: UserRevision) async throws -> [RevocationSelector] {
            host.sessions.forgetCalls()
            _ = try await host.administration.changeUser(.id(ann.id), revision, by: host.caller)
            return host.sessions.selectors
        }
        let ending: [RevocationSelector] = [.user("\(ann.id)")]
        #expect(try await change(UserRevision(email: Email("new@example.org"))) == [])
        #expect(try await change(UserRevision(isAdministrator: true)) == [])
        #expect(try await change(UserRevision(isAdministrator: false)) == ending)
        // Of a guest somewhere more is let; their sessions are looked at.
        #expect(try await change(UserRevision(isAdministrator: true)) == ending)
        #expect(try await change(UserRevision(name: UserName("anna"))) == ending)
        #expect(try await change(UserRevision(password: .remove)) == ending)
        #expect(try await change(UserRevision(password: .remove)) == [])
        #expect(try await host.entries("user:update").count == 5)
    }

    @Test("an edit that changes nothing is not recorded")
    func equalEdit() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let done = try await host.administration.changeUser(
            .id(ann.id),
            UserRevision(name: ann.name, email: ann.email, isAdministrator: false),
            by: host.caller
        )
        #expect(done.value.user == ann)
        #expect(host.sessions.calls.isEmpty)
        #expect(try await host.entries("user:update").isEmpty)
    }

    @Test("deleting a user ends their sessions; an owner cannot be deleted")
    func deletion() async throws {
        let host = try GateHost()
        let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
        let server = try await host.makeServer("one", owner: ann)
        _ = host.openSession(of: bob, on: server)
        let done = try await host.administration.deleteUser(.name(bob.name), by: host.caller)
        #expect(done.value.id == bob.id && done.revocation.found == 1)
        #expect(host.sessions.selectors == [.user("\(bob.id)")])
        host.sessions.forgetCalls()
        await #expect {
            try await host.administration.deleteUser(.id(ann.id), by: host.caller)
        } throws: { $0.isStore(.ownsServers(count: 1)) }
        #expect(host.sessions.calls.isEmpty)
        #expect(try await host.entries("user:delete").count == 1)
    }

    @Test("every access that goes with a user is recorded on its server, with what ended there")
    func lostAccess() async throws {
        let scene = try await SnapshotScene()
        let (host, administration) = (scene.host, scene.host.administration)
        _ = try await administration.setDelegation(
            by: .id(scene.guest.id),
            to: .id(scene.heir.id),
            permissions: ["file.sftp"],
            by: Actor(host.caller)
        )
        #expect(try await host.entries("server:subuser.delete").isEmpty)
        let done = try await administration.deleteUser(.id(scene.guest.id), by: host.caller)
        #expect(done.revocation.found == 3)
        let lost = try await host.entries("server:subuser.delete")
        #expect(lost.allSatisfy { $0.userID == scene.guest.id && $0.actor == "uid 1234" })
        #expect(lost.allSatisfy { $0.properties["email"] == "guest@example.org" })
        #expect(
            Dictionary(uniqueKeysWithValues: lost.map { ($0.serverID, $0.endedCount) })
                == [scene.one.id: 2, scene.two.id: 1]
        )
        let own = try await host.entries("user:delegation.delete")
        #expect(own.map(\.userName) == ["heir"])
        #expect(own.first?.ownerID == scene.guest.id && own.first?.endedCount == 0)

        let delegate = try await administration.deleteUser(
            .id(scene.delegate.id),
            by: host.caller
        )
        #expect(delegate.revocation.found == 2)
        let entry = try #require(try await host.entries("user:delegation.delete").first)
        #expect(entry.userID == scene.delegate.id && entry.ownerID == scene.owner.id)
        #expect(entry.properties["owner"] == "owner" && entry.endedCount == 2)
        #expect(entry.properties["old"] == .texts(["file.sftp", "websocket.connect"]))
        #expect(try await host.entries("user:delete").first?.endedCount == 2)

        // Who has no access to lose leaves nothing but themselves.
        let count = try await host.entries("server:subuser.delete").count
        _ = try await administration.deleteUser(.id(scene.heir.id), by: host.caller)
        #expect(try await host.entries("server:subuser.delete").count == count)
    }

    @Test("removing a key ends the sessions that signed in with it, and no others")
    func keys() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        let key = try PublicKey(Self.keyLine)
        let added = try await host.administration.addKey(
            key,
            name: nil,
            of: .id(ann.id),
            by: host.caller
        )
        #expect(added.value.name?.description == "laptop")
        #expect(host.sessions.calls.isEmpty)
        _ = host.openSession(of: ann, on: server, key: key.fingerprint)
        let byPassword = host.openSession(of: ann, on: server)
        let removed = try await host.administration.removeKey(
            key.fingerprint,
            of: .id(ann.id),
            by: host.caller
        )
        #expect(
            host.sessions.selectors == [
                .keyOfUser(user: "\(ann.id)", fingerprint: "\(key.fingerprint)")
            ]
        )
        #expect(removed.revocation.found == 1)
        #expect(await host.sessions.sessions().map(\.id) == [byPassword])
        #expect(try await host.entries("user:ssh-key.create").count == 1)
        #expect(try await host.entries("user:ssh-key.delete").count == 1)
    }

    @Test("a password that cannot be hashed and a hash that is none are refused before storing")
    func badPasswords() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let bad: [PasswordInput] = [.plain(Secret("")), .hashed("$1$weak$hash")]
        for input in bad {
            await #expect(throws: AdministrationError.self) {
                try await host.administration.changeUser(
                    .id(ann.id),
                    UserRevision(password: .replace(input)),
                    by: host.caller
                )
            }
        }
        #expect(host.sessions.calls.isEmpty)
        #expect(try await host.administration.user(.id(ann.id)) == ann)
    }

    private static let keyLine =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e laptop"
}

extension Secret {
    init(_ text: String) {
        self.init(ByteString(text))
    }
}

extension Error {
    /// Whether this is exactly that error of the store, as the administration passes it on.
    func isStore(_ error: StoreError) -> Bool {
        guard case .store(error)? = self as? AdministrationError else { return false }
        return true
    }
}
