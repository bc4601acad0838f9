import AccessControl
import SubuserStore
import Testing

@Suite("A document's records together")
struct SnapshotBuilderTests {
    /// A document whose records stand together, one a line from 1 to 6.
    private struct Document {
        static let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e x"
        let owner: NewUser
        let guest: NewUser
        let server: NewServer
        var builder = SnapshotBuilder()

        init() throws {
            owner = NewUser(name: try UserName("owner"), email: try Email("owner@example.org"))
            guest = NewUser(name: try UserName("guest"), email: try Email("guest@example.org"))
            server = NewServer(
                name: try DisplayName("One"),
                ownerID: owner.id,
                directory: try ServerDirectory("games/one")
            )
            try builder.addDelegation(
                by: owner.id,
                to: guest.id,
                permissions: .none,
                line: 1
            )
            try builder.addSubuser(guest.id, on: server.id, permissions: .none, line: 2)
            try builder.add(PublicKey(Self.key), name: nil, of: guest.id, line: 3)
            try builder.add(server, line: 4)
            try builder.add(owner, line: 5)
            try builder.add(guest, line: 6)
        }

        func server(_ directory: String, id: ServerID = .random()) throws -> NewServer {
            NewServer(
                id: id,
                name: try DisplayName("Two"),
                ownerID: owner.id,
                directory: try ServerDirectory(directory)
            )
        }
    }

    @Test("stand in any order")
    func order() throws {
        let snapshot = try Document().builder.finish()
        #expect(
            snapshot.counts
                == SnapshotCounts(users: 2, keys: 1, servers: 1, subusers: 1, delegations: 1)
        )
        #expect(snapshot.keys.values.first?.name?.description == "x")
    }

    @Test("that are there twice are told with both lines")
    func repetitions() throws {
        let document = try Document()
        func expect(
            _ unique: SnapshotProblem.Unique,
            earlier: Int,
            _ add: (inout SnapshotBuilder) throws -> Void
        ) {
            var builder = document.builder
            #expect(throws: SnapshotProblem.repeated(unique, line: 9, earlier: earlier)) {
                try add(&builder)
            }
        }
        let (owner, guest, server) = (document.owner, document.guest, document.server)
        expect(.user, earlier: 6) { try $0.add(guest, line: 9) }
        let name = NewUser(name: try UserName("GUEST"), email: try Email("new@example.org"))
        expect(.userName, earlier: 6) { try $0.add(name, line: 9) }
        let email = NewUser(name: try UserName("new"), email: try Email("Guest@example.org"))
        expect(.email, earlier: 6) { try $0.add(email, line: 9) }
        expect(.key, earlier: 3) {
            try $0.add(PublicKey(Document.key), name: nil, of: guest.id, line: 9)
        }
        expect(.server, earlier: 4) { try $0.add(document.server("two", id: server.id), line: 9) }
        let start = try #require(
            ServerID(String("\(server.id)".prefix(8)) + "-0000-4000-8000-000000000000")
        )
        expect(.shortID, earlier: 4) { try $0.add(document.server("two", id: start), line: 9) }
        expect(.subuser, earlier: 2) {
            try $0.addSubuser(guest.id, on: server.id, permissions: .none, line: 9)
        }
        expect(.delegation, earlier: 1) {
            try $0.addDelegation(by: owner.id, to: guest.id, permissions: .none, line: 9)
        }
        #expect(
            "\(SnapshotProblem.repeated(.email, line: 9, earlier: 6))"
                == "Line 9: A user with this email address is on line 6 already."
        )
    }

    @Test(
        "have directories of which none lies in another",
        arguments: ["games/one", "games", "games/one/deeper", "games/one/a/b"]
    )
    func nested(directory: String) throws {
        var document = try Document()
        // Neighbours in the alphabet that are no neighbours on the disk.
        for (line, path) in ["games-one", "games/one-two", "games/onetwo", "game"].enumerated() {
            try document.builder.add(document.server(path), line: 20 + line)
        }
        #expect(try document.builder.finish().servers.count == 5)
        try document.builder.add(document.server(directory), line: 30)
        let builder = document.builder
        let error = #expect(throws: SnapshotProblem.self) { _ = try builder.finish() }
        guard case .repeated(.directory, let line, let earlier)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(max(line, earlier) == 30)
    }

    @Test("name nobody who is not there")
    func references() throws {
        let document = try Document()
        func expect(_ problem: SnapshotProblem, _ add: (inout SnapshotBuilder) throws -> Void)
            throws
        {
            var builder = document.builder
            try add(&builder)
            #expect(throws: problem) { _ = try builder.finish() }
        }
        let (owner, guest, server) = (document.owner, document.guest, document.server)
        try expect(.missing(.user, line: 9)) {
            try $0.add(PublicKey(Document.key), name: nil, of: .random(), line: 9)
        }
        try expect(.missing(.owner, line: 9)) {
            var server = try document.server("two")
            server.ownerID = .random()
            try $0.add(server, line: 9)
        }
        try expect(.missing(.user, line: 9)) {
            try $0.addSubuser(.random(), on: server.id, permissions: .none, line: 9)
        }
        try expect(.missing(.server, line: 9)) {
            try $0.addSubuser(guest.id, on: .random(), permissions: .none, line: 9)
        }
        try expect(.ownerAsSubuser(line: 9)) {
            try $0.addSubuser(owner.id, on: server.id, permissions: .none, line: 9)
        }
        try expect(.missing(.owner, line: 9)) {
            try $0.addDelegation(by: .random(), to: guest.id, permissions: .none, line: 9)
        }
        var builder = document.builder
        #expect(throws: SnapshotProblem.ownDelegation(line: 9)) {
            try builder.addDelegation(by: owner.id, to: owner.id, permissions: .none, line: 9)
        }
    }

    @Test("are as many as the document says, and none only when it says so")
    func counts() throws {
        var complete = try Document().builder
        let counts = SnapshotCounts(users: 2, keys: 1, servers: 1, subusers: 1, delegations: 1)
        try complete.add(counts, line: 7)
        #expect(try complete.finish().counts == counts)
        #expect(throws: SnapshotProblem.repeated(.summary, line: 8, earlier: 7)) {
            try complete.add(counts, line: 8)
        }
        var cut = try Document().builder
        let said = SnapshotCounts(users: 3, keys: 1, servers: 1, subusers: 1, delegations: 1)
        try cut.add(said, line: 7)
        let builder = cut
        #expect(throws: SnapshotProblem.miscounted(line: 7, said: said, found: counts)) {
            _ = try builder.finish()
        }
        #expect(throws: SnapshotProblem.empty) { _ = try SnapshotBuilder().finish() }
        var nothing = SnapshotBuilder()
        try nothing.add(
            SnapshotCounts(users: 0, keys: 0, servers: 0, subusers: 0, delegations: 0),
            line: 1
        )
        #expect(try nothing.finish().users.isEmpty)
    }
}
