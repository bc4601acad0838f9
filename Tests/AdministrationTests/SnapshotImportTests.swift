import AccessControl
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Importing a document")
struct SnapshotImportTests {
    @Test("what was exported changes nothing, on this host and on an empty one nothing is missing")
    func roundTrip() async throws {
        let scene = try await SnapshotScene()
        let document = try await scene.document()
        let same = try await scene.replace(with: document)
        #expect(!same.value.isChange)
        #expect(scene.host.sessions.calls.isEmpty)
        #expect(try await scene.host.entries("snapshot:import").isEmpty)

        let other = try await SnapshotScene()
        let replaced = try await other.replace(with: document)
        #expect(replaced.value.users.addedCount == 5 && replaced.value.users.removedCount == 5)
        #expect(replaced.value.keys.addedCount == 1 && replaced.value.keys.removedCount == 1)
        #expect(replaced.value.servers.addedCount == 2 && replaced.value.servers.removedCount == 2)
        #expect(replaced.value.subusers.addedCount == 2)
        #expect(replaced.value.delegations.addedCount == 1)
        #expect(replaced.value.users.added.sorted() == replaced.value.users.removed.sorted())
        #expect(await other.openSessions().isEmpty)
        let back = try await other.replace(with: try await scene.document())
        #expect(!back.value.isChange)
    }

    @Test("the counts and each subuser are recorded, with who imported")
    func activity() async throws {
        let scene = try await SnapshotScene()
        let (host, one, two) = (scene.host, scene.one.id, scene.two.id)
        let created = try await host.entries("server:subuser.create").count
        var document = try await scene.document()
        document.subusers = [
            SubuserPlace(serverID: one, userID: scene.guest.id): ["file.sftp"],
            SubuserPlace(serverID: two, userID: scene.heir.id): ["file.read"],
        ]
        _ = try await scene.replace(with: document)
        let entry = try #require(try await host.entries("snapshot:import").first)
        #expect(entry.actor == "uid 1234")
        #expect(entry.properties["subusers"] == .object(["added": 1, "changed": 1, "removed": 1]))
        #expect(entry.properties["users"] == .object(["added": 0, "changed": 0, "removed": 0]))
        guard case .object(let revoked)? = entry.properties["revoked"] else {
            Issue.record("nothing about sessions")
            return
        }
        #expect(revoked["found"] == 3)
        let added = try await host.entries("server:subuser.create")
        #expect(added.count == created + 1)
        #expect(added.first?.userName == "heir" && added.first?.serverID == two)
        #expect(added.first?.properties["email"] == "heir@example.org")
        #expect(
            added.first?.properties["permissions"] == .texts(["file.read", "websocket.connect"])
        )
        #expect(added.first?.actor == "uid 1234")
        let changed = try #require(try await host.entries("server:subuser.update").first)
        #expect(
            changed.properties["old"] == .texts(["file.read", "file.sftp", "websocket.connect"])
        )
        #expect(changed.properties["new"] == .texts(["file.sftp", "websocket.connect"]))
        let removed = try #require(try await host.entries("server:subuser.delete").first)
        #expect(removed.userName == "guest" && removed.serverID == two)
    }

    @Test("unknown permissions are left out and told, or refused where the host is strict")
    func permissions() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        let place = SubuserPlace(serverID: scene.one.id, userID: scene.guest.id)
        document.subusers[place] = ["file.sftp", "file.fly", "operator"]
        let done = try await scene.replace(with: document)
        #expect(done.droppedPermissions == ["file.fly"])
        let kept = try await scene.host.store.subuser(scene.guest.id, on: scene.one.id)
        #expect(kept.permissions.names.contains("control.start"))
        #expect(!kept.permissions.names.contains("file.fly"))

        let strict = try await SnapshotScene(sharing: SharingOptions(unknownPermissions: .refuse))
        var refused = try await strict.document()
        let there = SubuserPlace(serverID: strict.one.id, userID: strict.guest.id)
        refused.subusers[there] = ["file.sftp"]
        _ = try await strict.replace(with: refused)
        refused.subusers[there] = ["file.sftp", "file.fly"]
        await #expect {
            _ = try await strict.replace(with: refused)
        } throws: { error in
            guard case .unknownPermissions(["file.fly"])? = error as? AdministrationError else {
                return false
            }
            return true
        }
    }

    @Test("a directory that is not there is a warning, and nobody else is kept out")
    func directories() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        document.servers[scene.two.id]?.directory = try ServerDirectory("lost")
        let done = try await scene.replace(with: document)
        #expect(done.value.unusableDirectories == 1)
        #expect(done.value.warnings.count == 1)
        #expect(done.value.warnings.first?.contains("Server \(scene.two.shortID)") == true)
        #expect(done.value.warnings.first?.contains("no directory lost") == true)
        #expect(try await scene.host.store.server(.id(scene.two.id)).directory.path == "lost")
    }

    @Test("invitations of those who have an account by it end, others stay")
    func invitations() async throws {
        let sharing = SharingOptions(unknownEmail: .invite(lifetime: 1_000_000))
        let scene = try await SnapshotScene(sharing: sharing)
        for name in ["new", "later"] {
            _ = try await scene.host.administration.addMember(
                .email(try Email("\(name)@example.org")),
                to: .id(scene.one.id),
                permissions: ["file.sftp"],
                by: Actor(scene.host.caller)
            )
        }
        var document = try await scene.document()
        let same = try await scene.replace(with: document)
        #expect(!same.value.isChange)
        #expect(try await scene.host.store.invitations(to: scene.one.id).count == 2)
        let user = NewUser(name: try UserName("new"), email: try Email("New@example.org"))
        document.users[user.id] = user
        let done = try await scene.replace(with: document)
        #expect(done.value.withdrawnInvitations == 1)
        let left = try await scene.host.store.invitations(to: scene.one.id)
        #expect(left.map { "\($0.email)" } == ["later@example.org"])
        // Who shares what is what the document says.
        #expect(
            try await scene.host.store.subusers(of: scene.one.id).map(\.userID) == [scene.guest.id]
        )
    }

    @Test("a hash that cannot be one is refused")
    func hashes() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        document.users[scene.guest.id]?.passwordHash = "secret"
        await #expect(throws: AdministrationError.self) {
            _ = try await scene.replace(with: document)
        }
        #expect(await scene.openSessions().count == scene.sessions.count)
    }
}
