import AccessControl
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Sharing, with its consequences")
struct SharingTests {
    private func add(
        _ names: [String],
        to user: UserReference,
        on server: Server,
        in host: GateHost,
        by actor: User? = nil
    ) async throws -> Completed<Member> {
        try await host.administration.addMember(
            user,
            to: .id(server.id),
            permissions: names,
            by: Actor(host.caller, inTheNameOf: actor)
        )
    }

    @Test("groups and presets are expanded, in the catalogue of this host")
    func presets() async throws {
        let addition = try #require(PermissionCatalogue.Addition("plugin.install Install plugins"))
        let host = try GateHost(
            sharing: SharingOptions(catalogue: .standard.adding([addition]))
        )
        let (owner, guest) = (try await host.makeUser("owner"), try await host.makeUser("guest"))
        let server = try await host.makeServer("one", owner: owner)
        let added = try await add(
            ["viewer", "plugin.*", "x.y"],
            to: .id(guest.id),
            on: server,
            in: host
        )
        #expect(
            added.value.permissions.names
                == ["activity.read", "plugin.install", "websocket.connect"]
        )
        #expect(added.droppedPermissions == ["x.y"])
    }

    @Test("a strict host refuses names that mean nothing, as a whole")
    func strict() async throws {
        let host = try GateHost(sharing: SharingOptions(unknownPermissions: .refuse))
        let (owner, guest) = (try await host.makeUser("owner"), try await host.makeUser("guest"))
        let server = try await host.makeServer("one", owner: owner)
        await #expect {
            try await add(["file.sftp", "x.y"], to: .id(guest.id), on: server, in: host)
        } throws: {
            guard case .unknownPermissions(let names)? = $0 as? AdministrationError else {
                return false
            }
            return names == ["x.y"]
        }
        #expect(try await host.administration.members(of: .id(server.id)).isEmpty)
        _ = try await add(["file.sftp"], to: .id(guest.id), on: server, in: host)
    }

    @Test("what is done in somebody's name is recorded as theirs, and limited to what they hold")
    func actors() async throws {
        let host = try GateHost()
        let owner = try await host.makeUser("owner")
        let (deputy, guest) = (try await host.makeUser("deputy"), try await host.makeUser("guest"))
        let server = try await host.makeServer("one", owner: owner)
        _ = try await add(
            ["user.*", "file.read"],
            to: .id(deputy.id),
            on: server,
            in: host,
            by: owner
        )
        #expect(try await host.entries("server:subuser.create").first?.actor == "owner")
        await #expect {
            try await add(["file.delete"], to: .id(guest.id), on: server, in: host, by: deputy)
        } throws: {
            $0.isStore(.refused(.notHeld(["file.delete"])))
        }
        _ = try await add(["file.read"], to: .id(guest.id), on: server, in: host, by: deputy)
        #expect(try await host.entries("server:subuser.create").first?.actor == "deputy")
        // The panel itself is limited by nothing.
        _ = try await host.administration.changeMember(
            .id(guest.id),
            of: .id(server.id),
            permissions: ["*"],
            by: Actor(host.caller)
        )
        #expect(try await host.entries("server:subuser.update").first?.actor == "uid 1234")
        await #expect {
            try await host.administration.removeMember(
                .id(guest.id),
                of: .id(server.id),
                by: Actor(host.caller, inTheNameOf: deputy)
            )
        } throws: {
            $0.isStore(.refused(.strongerSubuser))
        }
    }

    @Test("an unknown address is refused, or invited where the host says so")
    func invitations() async throws {
        let refusing = try GateHost()
        let owner = try await refusing.makeUser("owner")
        let server = try await refusing.makeServer("one", owner: owner)
        let email = try Email("later@example.org")
        await #expect {
            try await add(["file.sftp"], to: .email(email), on: server, in: refusing)
        } throws: {
            $0.isStore(.notFound(.user))
        }
        let host = try GateHost(
            sharing: SharingOptions(unknownEmail: .invite(lifetime: 60_000))
        )
        let other = try await host.makeUser("owner")
        let place = try await host.makeServer("one", owner: other)
        let invited = try await add(["file.sftp"], to: .email(email), on: place, in: host)
        guard case .invitation(let invitation) = invited.value else {
            Issue.record("no invitation")
            return
        }
        #expect(try await host.administration.members(of: .id(place.id)) == [invited.value])
        // Only an address can be invited.
        await #expect {
            try await add(["file.sftp"], to: .name(UserName("later")), on: place, in: host)
        } throws: {
            $0.isStore(.notFound(.user))
        }
        let id = try #require(UserID(invitation.id.description))
        let changed = try await host.administration.changeMember(
            .id(id),
            of: .id(place.id),
            permissions: ["file.sftp", "file.read"],
            by: Actor(host.caller)
        )
        #expect(changed.value.permissions.count == 3)
        let user = try await host.makeUser("later")
        #expect(
            try await host.administration.member(.id(user.id), of: .id(place.id))
                .permissions.names == ["file.read", "file.sftp", "websocket.connect"]
        )
        #expect(try await host.entries("server:subuser.invite").count == 1)
        #expect(try await host.entries("server:subuser.create").first?.userID == user.id)
    }

    @Test("a withdrawn invitation is fulfilled by nobody")
    func withdrawal() async throws {
        let host = try GateHost(
            sharing: SharingOptions(unknownEmail: .invite(lifetime: 60_000))
        )
        let owner = try await host.makeUser("owner")
        let server = try await host.makeServer("one", owner: owner)
        let email = try Email("later@example.org")
        _ = try await add(["file.sftp"], to: .email(email), on: server, in: host)
        _ = try await host.administration.removeMember(
            .email(email),
            of: .id(server.id),
            by: Actor(host.caller)
        )
        _ = try await host.makeUser("later")
        #expect(try await host.administration.members(of: .id(server.id)).isEmpty)
        #expect(try await host.entries("server:subuser.invite-withdraw").count == 1)
    }

    @Test("a delegation that changes ends its person's sessions on that owner's servers, no others")
    func delegations() async throws {
        let host = try GateHost()
        let (owner, guest) = (try await host.makeUser("owner"), try await host.makeUser("guest"))
        let other = try await host.makeUser("other")
        let servers = [
            try await host.makeServer("one", owner: owner),
            try await host.makeServer("two", owner: owner),
        ]
        let foreign = try await host.makeServer("three", owner: other)
        func set(
            _ names: [String],
            by actor: User? = nil
        ) async throws -> Completed<Put<Delegation>> {
            try await host.administration.setDelegation(
                by: .id(owner.id),
                to: .id(guest.id),
                permissions: names,
                by: Actor(host.caller, inTheNameOf: actor)
            )
        }
        _ = try await host.administration.addMember(
            .id(guest.id),
            to: .id(foreign.id),
            permissions: ["file.sftp"],
            by: Actor(host.caller)
        )
        _ = try await set(["file.*"], by: owner)
        for server in servers { _ = host.openSession(of: guest, on: server) }
        let kept = [
            host.openSession(of: guest, on: foreign),
            host.openSession(of: owner, on: servers[0]),
        ]
        #expect(try await set(["file.*"]).revocation.found == 0)
        #expect(await host.sessions.sessions().count == 4)
        #expect(try await set(["file.read"]).revocation.found == 2)
        #expect(await host.sessions.sessions().map(\.id) == kept)
        _ = host.openSession(of: guest, on: servers[1])
        let removed = try await host.administration.removeDelegation(
            by: .id(owner.id),
            to: .id(guest.id),
            by: Actor(host.caller)
        )
        #expect(removed.revocation.found == 1)
        #expect(await host.sessions.sessions().map(\.id) == kept)
        for event in ["create", "update", "delete"] {
            let entries = try await host.entries("user:delegation.\(event)")
            #expect(entries.map(\.userID) == [guest.id])
        }
        // Nobody but the owner gives away all of the owner's servers.
        await #expect { try await set(["file.*"], by: other) } throws: {
            guard case .notTheirAccount? = $0 as? AdministrationError else { return false }
            return true
        }
    }

    @Test("a new owner's delegates are let in, and the old owner's put out")
    func newOwner() async throws {
        let host = try GateHost()
        let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
        let guest = try await host.makeUser("guest")
        let server = try await host.makeServer("one", owner: ann)
        _ = try await host.administration.setDelegation(
            by: .id(ann.id),
            to: .id(guest.id),
            permissions: ["file.sftp"],
            by: Actor(host.caller)
        )
        _ = host.openSession(of: guest, on: server)
        let change = try await host.administration.changeServer(
            .id(server.id),
            ServerRevision(owner: .id(bob.id)),
            by: host.caller
        )
        #expect(change.revocation.found == 1)
        #expect(await host.sessions.sessions().isEmpty)
        #expect(
            try host.store.access(userName: "guest", server: "\(server.id)")?.permissions == nil
        )
    }
}
