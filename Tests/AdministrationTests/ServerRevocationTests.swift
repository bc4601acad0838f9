import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Changes to servers")
struct ServerRevocationTests {
    @Test("every state without access ends the server's sessions; coming back ends none")
    func states() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        for state in ServerState.allCases where state != .normal {
            host.sessions.forgetCalls()
            _ = host.openSession(of: ann, on: server)
            let done = try await host.administration.changeServer(
                .id(server.id),
                ServerRevision(state: state),
                by: host.caller
            )
            #expect(done.value.state == state)
            #expect(host.sessions.selectors == [.server("\(server.id)")])
            #expect(done.revocation.found == 1)
            #expect(host.sessions.calls.first?.reason == "This server is \(state.rawValue)")
            let back = try await host.administration.changeServer(
                .shortID(server.shortID),
                ServerRevision(state: .normal),
                by: host.caller
            )
            #expect(back.value.state == .normal)
            #expect(host.sessions.calls.count == 1)
        }
    }

    @Test("a new name ends nothing, a new directory ends everything")
    func nameAndDirectory() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        try host.directory.makeDirectory("volumes/two")
        _ = try await host.administration.changeServer(
            .id(server.id),
            ServerRevision(name: DisplayName("Renamed")),
            by: host.caller
        )
        #expect(host.sessions.calls.isEmpty)
        let moved = try await host.administration.changeServer(
            .id(server.id),
            ServerRevision(directory: ServerDirectory("two")),
            by: host.caller
        )
        #expect(moved.value.directory.path == "two")
        #expect(host.sessions.selectors == [.server("\(server.id)")])
    }

    @Test("a new owner ends the old one's sessions there, and their own as a subuser")
    func owner() async throws {
        let host = try GateHost()
        let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
        let cat = try await host.makeUser("cat")
        let server = try await host.makeServer("one", owner: ann)
        for guest in [bob, cat] {
            _ = try await host.administration.addMember(
                .id(guest.id),
                to: .id(server.id),
                permissions: ["file.sftp"],
                by: Actor(host.caller)
            )
        }
        for user in [ann, bob] { _ = host.openSession(of: user, on: server) }
        let kept = host.openSession(of: cat, on: server)
        let done = try await host.administration.changeServer(
            .id(server.id),
            ServerRevision(owner: .id(bob.id)),
            by: host.caller
        )
        #expect(done.value.ownerID == bob.id)
        #expect(host.sessions.selectors.last == .server("\(server.id)"))
        #expect(done.revocation.found == 2)
        #expect(await host.sessions.sessions().map(\.id) == [kept])
        let subusers = try await host.administration.members(of: .id(server.id))
        #expect(subusers.map(\.email) == [cat.email])
    }

    @Test("deleting a server ends its sessions and leaves its files")
    func deletion() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        _ = host.openSession(of: ann, on: server)
        let done = try await host.administration.deleteServer(.id(server.id), by: host.caller)
        #expect(done.revocation.found == 1)
        #expect(host.sessions.selectors == [.server("\(server.id)")])
        #expect(host.directory.mode(of: "volumes/one") != nil)
    }

    @Test("every access that goes with a server is recorded, with what ended for each")
    func lostAccess() async throws {
        let scene = try await SnapshotScene()
        let host = scene.host
        let done = try await host.administration.deleteServer(
            .id(scene.one.id),
            by: host.caller
        )
        #expect(done.revocation.found == 5)
        #expect(await scene.openSessions() == ["owner@two", "guest@two", "delegate@two"])
        let lost = try await host.entries("server:subuser.delete")
        #expect(lost.map(\.userName) == ["guest"] && lost.map(\.serverID) == [scene.one.id])
        #expect(lost.first?.endedCount == 2)
        #expect(try await host.entries("server:delete").first?.endedCount == 5)
        // The delegation is of the owner's account, which is still there.
        #expect(try await host.entries("user:delegation.delete").isEmpty)
    }

    @Test("a directory must be one, and below the volumes directory, without a link on the way")
    func directories() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        try host.directory.makeDirectory("outside/inner")
        try host.directory.makeDirectory("volumes/real/inner")
        try host.directory.link("volumes/link", to: "real")
        try host.directory.link("volumes/out", to: "../outside")
        try host.directory.write("volumes/file", "x")
        func create(_ directory: String) async throws -> Server {
            try await host.administration.createServer(
                ServerDraft(
                    name: DisplayName("Server"),
                    owner: .id(ann.id),
                    directory: ServerDirectory(directory)
                ),
                by: host.caller
            ).value
        }
        #expect(try await create("real/inner").directory.path == "real/inner")
        let refused = [
            "missing": "There is no directory missing",
            "file": "is not a directory",
            "link": "symbolic link",
            "link/inner": "symbolic link",
            "out": "symbolic link",
            "out/inner": "symbolic link",
        ]
        for (directory, text) in refused {
            let error = await #expect(throws: AdministrationError.self) {
                try await create(directory)
            }
            #expect(error?.description.contains(text) == true, "\(directory): \(error as Any)")
        }
        #expect(try await host.administration.servers().count == 1)
    }
}
