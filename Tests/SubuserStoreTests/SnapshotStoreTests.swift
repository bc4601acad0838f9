import AccessControl
import GRDB
import GateTestSupport
import SubuserStore
import Synchronization
import Testing

@Suite("Replacing the whole store")
struct SnapshotStoreTests {
    /// Two users with a server each, and how a document says it.
    private struct Pair {
        let here: Populated
        var users: [NewUser]
        var servers: [NewServer]

        init() async throws {
            here = try await Populated()
            _ = try await here.store.addServer(
                NewServer(
                    name: DisplayName("Two"),
                    ownerID: here.guest.id,
                    directory: ServerDirectory("two")
                )
            )
            let snapshot = try await here.store.snapshot()
            users = snapshot.users.values.sorted { "\($0.name)" < "\($1.name)" }
            servers = snapshot.servers.values.sorted { $0.directory.path < $1.directory.path }
        }

        var snapshot: Snapshot {
            get throws {
                var builder = SnapshotBuilder()
                for user in users { try builder.add(user, line: 1) }
                for server in servers { try builder.add(server, line: 1) }
                return try builder.finish()
            }
        }
    }

    @Test("names, addresses and directories can be swapped")
    func swaps() async throws {
        var pair = try await Pair()
        let store = pair.here.store
        let (first, second) = (pair.users[0], pair.users[1])
        (pair.users[0].name, pair.users[1].name) = (second.name, first.name)
        (pair.users[0].email, pair.users[1].email) = (second.email, first.email)
        let directories = pair.servers.map(\.directory)
        (pair.servers[0].directory, pair.servers[1].directory) = (directories[1], directories[0])
        let done = try await store.replaceContents(with: pair.snapshot, isTrial: false)
        #expect(done.users.changed.count == 2 && done.servers.changed.count == 2)
        #expect(try await store.user(.name(first.name)).id == second.id)
        #expect(try await store.user(.email(second.email)).id == first.id)
        #expect(try await store.server(.id(pair.servers[0].id)).directory == directories[1])
        let again = try await store.replaceContents(with: pair.snapshot, isTrial: false)
        #expect(again.isEmpty)
    }

    @Test("a user goes, a new one gets the name and the server")
    func succession() async throws {
        var pair = try await Pair()
        let store = pair.here.store
        let old = pair.users[1]
        pair.users[1] = NewUser(name: old.name, email: old.email, passwordHash: "$new")
        for index in pair.servers.indices where pair.servers[index].ownerID == old.id {
            pair.servers[index].ownerID = pair.users[1].id
        }
        let done = try await store.replaceContents(with: pair.snapshot, isTrial: false)
        #expect(done.users.removed.map(\.id) == [old.id])
        #expect(done.users.added.map(\.id) == [pair.users[1].id])
        #expect(try await store.user(.name(old.name)).id == pair.users[1].id)
        #expect(try store.signInCredentials(userName: "\(old.name)")?.passwordHash == "$new")
        #expect(try await store.servers().count == 2)
    }

    @Test("what is the same keeps its times, and a trial leaves everything as it was")
    func times() async throws {
        var pair = try await Pair()
        let store = pair.here.store
        let before = try await (store.users(), store.servers())
        pair.users[0].hasTwoFactor.toggle()
        pair.servers.removeLast()
        let trial = try await store.replaceContents(with: pair.snapshot, isTrial: true)
        #expect(trial.users.changed.count == 1 && trial.servers.removed.count == 1)
        #expect(try await (store.users(), store.servers()) == before)
        let done = try await store.replaceContents(with: pair.snapshot, isTrial: false)
        #expect(done.users.changed.map(\.id) == trial.users.changed.map(\.id))
        let users = try await store.users()
        #expect(users.map(\.createdAt) == before.0.map(\.createdAt))
        #expect(
            users.first { $0.id != pair.users[0].id }
                == before.0.first { $0.id != pair.users[0].id }
        )
        #expect(try await store.servers().count == 1)
    }

    @Test("a sign-in reads as much in a full store as in an empty one, and always by an index")
    func signInStatements() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.sqlite")
        let statements = Mutex<[String]>([])
        let store = try SQLiteStore(path: path) { sql in statements.withLock { $0.append(sql) } }
        func signIn(_ user: String, _ server: String) throws -> [String] {
            statements.withLock { $0 = [] }
            #expect(try store.signInCredentials(userName: user) != nil)
            #expect(try store.access(userName: user, server: server) != nil)
            // What the library asks about its own connections is not the sign-in's.
            return statements.withLock { statements in
                statements.filter { $0.hasPrefix("SELECT") && !$0.contains("sqlite_master") }
            }
        }
        func fill(_ count: Int) async throws -> (owner: String, guest: String, server: String) {
            let document = try Self.document(users: count)
            _ = try await store.replaceContents(with: document.snapshot, isTrial: false)
            return (document.owner, document.guest, document.server)
        }
        let few = try await fill(3)
        let small = try signIn(few.guest, few.server)
        let many = try await fill(2000)
        for user in [many.guest, many.owner] {
            #expect(try signIn(user, many.server) == small)
        }
        // Who, their keys, their app passwords, twice; the server, what they were given there and by
        // its owner; and whether the host is closed.
        #expect(small.count == 10)
        let reader = try DatabaseQueue(path: path)
        for sql in Set(small) {
            let plan = try await reader.read { database in
                try Row.fetchAll(
                    database,
                    sql: "EXPLAIN QUERY PLAN " + sql,
                    arguments: StatementArguments(
                        Array(repeating: "x", count: sql.count { $0 == "?" })
                    )
                ).map { $0["detail"] as String }
            }
            #expect(!plan.isEmpty && plan.allSatisfy { $0.hasPrefix("SEARCH") }, "\(sql): \(plan)")
        }
    }

    /// As many users, with a server for every fifth and a subuser for each.
    private static func document(
        users count: Int
    ) throws -> (snapshot: Snapshot, owner: String, guest: String, server: String) {
        var builder = SnapshotBuilder()
        let users = try (0..<count).map { number in
            NewUser(
                name: try UserName("user\(number)"),
                email: try Email("user\(number)@example.org"),
                passwordHash: "$h"
            )
        }
        for user in users { try builder.add(user, line: 1) }
        var first: NewServer?
        for number in stride(from: 0, to: count, by: 5) {
            let server = NewServer(
                name: try DisplayName("Server \(number)"),
                ownerID: users[number].id,
                directory: try ServerDirectory("server\(number)")
            )
            first = first ?? server
            try builder.add(server, line: 1)
            for guest in users[number...].dropFirst().prefix(4) {
                try builder.addSubuser(
                    guest.id,
                    on: server.id,
                    permissions: permissions("file.sftp"),
                    line: 1
                )
            }
        }
        let server = try #require(first)
        return (try builder.finish(), "user0", "user1", "\(ShortID(of: server.id))")
    }
}

@Suite("Kept answers")
struct KeptAnswerTests {
    private static let answer = KeptAnswer(bodyHash: "h", status: 201, content: [1, 2, 3])

    @Test("are found by key, method and path, for a day")
    func keeping() async throws {
        let here = try await Populated()
        let key = try #require(IdempotencyKey("one"))
        let request = RepeatableRequest(key: key, method: "POST", path: "/v1/users")
        let now = Timestamp.now
        #expect(try await here.store.keptAnswer(to: request, now: now) == nil)
        try await here.store.keep(Self.answer, to: request, now: now)
        #expect(try await here.store.keptAnswer(to: request, now: now) == Self.answer)
        for other in [
            RepeatableRequest(key: key, method: "POST", path: "/v1/servers"),
            RepeatableRequest(key: key, method: "PUT", path: "/v1/users"),
            RepeatableRequest(
                key: try #require(IdempotencyKey("two")),
                method: "POST",
                path: "/v1/users"
            ),
        ] {
            #expect(try await here.store.keptAnswer(to: other, now: now) == nil)
        }
        func later(_ milliseconds: Int64) -> Timestamp {
            Timestamp(milliseconds: now.milliseconds + milliseconds)
        }
        let day = KeptAnswer.lifetime
        #expect(try await here.store.keptAnswer(to: request, now: later(day - 1)) == Self.answer)
        #expect(try await here.store.keptAnswer(to: request, now: later(day)) == nil)
        // Keeping another forgets it, so that the same key can be used again.
        try await here.store.keep(Self.answer, to: request, now: later(day))
        #expect(try await here.store.keptAnswer(to: request, now: later(day)) == Self.answer)
    }

    @Test("have keys of 1 to 255 printable characters")
    func keys() {
        #expect(IdempotencyKey("a b~") != nil)
        #expect(IdempotencyKey(String(repeating: "k", count: 255)) != nil)
        for text in ["", String(repeating: "k", count: 256), "a\nb", "a\u{7F}", "ä", "\u{0}"] {
            #expect(IdempotencyKey(text) == nil)
        }
    }
}
