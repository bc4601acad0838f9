import AccessControl
import GateTestSupport
import Gatekeeper
import SubuserStore
import Synchronization
import Testing

@Suite("Changes to subusers")
struct SubuserRevocationTests {
    /// A server with an owner and somebody who may become its subuser.
    struct Place {
        let host: GateHost
        let owner: User
        let guest: User
        let server: Server

        init() async throws {
            host = try GateHost()
            owner = try await host.makeUser("owner")
            guest = try await host.makeUser("guest")
            server = try await host.makeServer("one", owner: owner)
        }

        func add(_ names: [String]) async throws -> Completed<Member> {
            try await host.administration.addMember(
                .id(guest.id),
                to: .id(server.id),
                permissions: names,
                by: Actor(host.caller)
            )
        }

        func change(_ names: [String]) async throws -> Completed<Member> {
            try await host.administration.changeMember(
                .id(guest.id),
                of: .id(server.id),
                permissions: names,
                by: Actor(host.caller)
            )
        }

        var selector: RevocationSelector {
            .userOnServer(user: "\(guest.id)", server: "\(server.id)")
        }
    }

    @Test("unknown names are dropped and told, and websocket.connect is always there")
    func selection() async throws {
        let place = try await Place()
        let added = try await place.add(["file.sftp", "file.fly", "file.sftp", "fly.*"])
        #expect(added.value.permissions.names == ["file.sftp", "websocket.connect"])
        #expect(added.droppedPermissions == ["file.fly", "fly.*"])
        // Nothing was found: nobody was there before.
        #expect(added.revocation.found == 0)
        let changed = try await place.change(["file.sftp", "file.fly"])
        #expect(changed.droppedPermissions == ["file.fly"])
    }

    @Test("another set ends the subuser's sessions on this server; the same set does nothing")
    func changes() async throws {
        let place = try await Place()
        let host = place.host
        let elsewhere = try await host.makeServer("two", owner: place.owner)
        _ = try await place.add(["file.sftp", "file.read"])
        _ = host.openSession(of: place.guest, on: place.server)
        let kept = [
            host.openSession(of: place.guest, on: elsewhere),
            host.openSession(of: place.owner, on: place.server),
        ]
        let same = try await place.change(["file.read", "file.sftp", "websocket.connect"])
        #expect(same.revocation == RevocationOutcome())
        #expect(host.sessions.selectors == [place.selector])
        #expect(try await host.entries("server:subuser.update").isEmpty)
        let less = try await place.change(["file.sftp"])
        #expect(host.sessions.selectors == [place.selector, place.selector])
        #expect(less.revocation.found == 1)
        #expect(await host.sessions.sessions().map(\.id) == kept)
        let entry = try #require(try await host.entries("server:subuser.update").first)
        #expect(entry.userID == place.guest.id && entry.serverID == place.server.id)
        #expect(entry.properties["email"] == "guest@example.org")
        #expect(
            entry.properties["old"] == .texts(["file.read", "file.sftp", "websocket.connect"])
        )
        #expect(entry.properties["new"] == .texts(["file.sftp", "websocket.connect"]))
        let more = try await place.change(["file.sftp", "file.read"])
        #expect(host.sessions.selectors.count == 3)
        #expect(more.value.permissions.count == 3)
    }

    @Test("removing a subuser ends their sessions on this server")
    func removal() async throws {
        let place = try await Place()
        let host = place.host
        _ = try await place.add(["file.sftp"])
        _ = host.openSession(of: place.guest, on: place.server)
        let removed = try await host.administration.removeMember(
            .email(place.guest.email),
            of: .shortID(place.server.shortID),
            by: Actor(host.caller)
        )
        #expect(removed.revocation.found == 1)
        #expect(host.sessions.selectors == [place.selector, place.selector])
        await #expect { try await place.change(["file.sftp"]) } throws: {
            $0.isStore(.notFound(.subuser))
        }
        let entry = try #require(try await host.entries("server:subuser.delete").first)
        #expect(entry.properties["email"] == "guest@example.org")
    }

    @Test("the owner and somebody who is one already cannot be added")
    func refusals() async throws {
        let place = try await Place()
        _ = try await place.add([])
        await #expect { try await place.add([]) } throws: {
            $0.isStore(.alreadyExists(.subuser))
        }
        await #expect {
            try await place.host.administration.addMember(
                .id(place.owner.id),
                to: .id(place.server.id),
                permissions: [],
                by: Actor(place.host.caller)
            )
        } throws: {
            $0.isStore(.ownerAsSubuser)
        }
    }

    @Test("the change is stored before sessions end, and recorded after")
    func order() async throws {
        let place = try await Place()
        let host = place.host
        _ = try await place.add(["file.sftp"])
        let seen = Mutex<(permissions: [String]?, entries: Int)?>(nil)
        host.sessions.duringRevocations {
            let access = try? host.store.access(userName: "guest", server: "\(place.server.id)")
            let entries = try? await host.entries("server:subuser.update").count
            seen.withLock { $0 = (access?.permissions?.names, entries ?? -1) }
        }
        _ = try await place.change(["file.read"])
        let during = try #require(seen.withLock { $0 })
        #expect(during.permissions == ["file.read", "websocket.connect"])
        #expect(during.entries == 0)
        #expect(try await host.entries("server:subuser.update").count == 1)
    }

    @Test("a caller who stops waiting does not stop the ending of sessions or the record")
    func cancellation() async throws {
        let place = try await Place()
        let host = place.host
        _ = try await place.add(["file.sftp"])
        _ = host.openSession(of: place.guest, on: place.server)
        let asking = Mutex<Task<Completed<Member>, any Error>?>(nil)
        let wasCancelled = Mutex(false)
        host.sessions.duringRevocations {
            // The change is stored by now and the sessions are just about to end.
            let task = asking.withLock { $0 }
            task?.cancel()
            wasCancelled.withLock { $0 = task?.isCancelled ?? false }
        }
        let (gate, open) = AsyncStream<Void>.makeStream()
        let work = Task {
            for await _ in gate { break }
            return try await place.change(["file.read"])
        }
        asking.withLock { $0 = work }
        open.finish()
        let done = try await work.value
        #expect(wasCancelled.withLock { $0 })
        #expect(done.revocation.found == 1)
        #expect(await host.sessions.sessions().isEmpty)
        #expect(try await host.entries("server:subuser.update").count == 1)
    }
}
