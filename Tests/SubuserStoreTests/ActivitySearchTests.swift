import GRDB
import GateTestSupport
import SubuserStore
import Synchronization
import Testing

@Suite("Searching the activity")
struct ActivitySearchTests {
    /// Entries as they came, with where each stands in what is read on.
    private struct Model {
        var records: [(record: ActivityRecord, position: Int64)] = []

        /// What a query means, found by looking at every entry.
        func answer(_ query: ActivityQuery) -> [Int64] {
            let wanted = records.filter { record, position in
                let entry = record.entry
                switch query.start {
                case .newest: break
                case .before(let id): guard record.id < id else { return false }
                case .after(let last): guard position > last else { return false }
                }
                switch query.event {
                case nil: break
                case .exactly(let event): guard entry.event == event else { return false }
                case .beginning(let text): guard entry.event.hasPrefix(text) else { return false }
                case .anyOf(let events): guard events.contains(entry.event) else { return false }
                }
                let isOfOwner = query.ownerID != nil && query.ownerID == entry.ownerID
                let people = [entry.userID, entry.actorID, entry.ownerID]
                switch query.actor {
                case nil: break
                case .user(let id): guard entry.actorID == id else { return false }
                case .process(let uid):
                    guard entry.actor == ActivityActor.processName(uid: uid) else { return false }
                }
                return (query.serverID == nil || query.serverID == entry.serverID || isOfOwner)
                    && (query.userID == nil || people.contains(query.userID))
                    && query.since.map { entry.time >= $0 } ?? true
                    && query.until.map { entry.time < $0 } ?? true
            }
            if case .after = query.start {
                return wanted.sorted { $0.position < $1.position }.map(\.record.id)
            }
            return wanted.map(\.record.id).sorted(by: >)
        }
    }

    private let events = ["server:sftp.write", "server:sftp.read", "server:create", "user:create"]

    /// Four hundred entries whose times go back and forth, every seventh of them changed later.
    private func populate(
        _ store: SQLiteStore,
        users: [UserID],
        servers: [ServerID],
        using generator: inout SystemRandomNumberGenerator
    ) async throws -> Model {
        var model = Model()
        for _ in 0..<20 {
            let new = (0..<20).map { number in
                ActivityEntry(
                    time: Timestamp(
                        milliseconds: Int64(model.records.count * 20 + number)
                            + .random(in: -60...60, using: &generator)
                    ),
                    event: events.randomElement(using: &generator) ?? "",
                    userID: users.randomElement(using: &generator),
                    serverID: Bool.random(using: &generator)
                        ? servers.randomElement(using: &generator) : nil
                )
            }.map { entry in
                var entry = entry
                switch Int.random(in: 0..<6, using: &generator) {
                case 0:
                    entry.actorID = users.randomElement(using: &generator)
                    entry.actor = "somebody"
                case 1: entry.actor = "uid \(Int.random(in: 0...1, using: &generator))"
                case 2: entry.ownerID = users.randomElement(using: &generator)
                default: break
                }
                return entry
            }
            var changed: [ActivityRecord] = []
            for (index, place) in model.records.enumerated() where index % 7 == 3 {
                guard Int.random(in: 0..<10, using: &generator) == 0 else { continue }
                var record = place.record
                record.entry.properties["files"] = .texts(["\(index)"])
                changed.append(record)
            }
            let ids = try await store.record(new, changed: changed)
            #expect(ids.count == new.count && ids == ids.sorted())
            // Changes take their positions before the new entries of the same transaction do.
            let first = try #require(ids.first) - Int64(changed.count)
            for (offset, record) in changed.enumerated() {
                let index = try #require(
                    model.records.firstIndex { $0.record.id == record.id }
                )
                model.records[index] = (record, first + Int64(offset))
            }
            for (id, entry) in zip(ids, new) {
                model.records.append((ActivityRecord(id: id, entry: entry), id))
            }
        }
        return model
    }

    @Test(
        "every filter, alone and with others, answers what looking at every entry does",
        arguments: [0, 10_000]
    )
    func model(olderCount: Int) async throws {
        let here = try await Populated()
        var generator = SystemRandomNumberGenerator()
        let users = [here.owner.id, here.guest.id]
        let servers = [here.server.id, ServerID.random()]
        var model = try await populate(
            here.store,
            users: users,
            servers: servers,
            using: &generator
        )
        // Old ones that came late; so many that their times are worth a look before their rows.
        let older = (0..<olderCount).map { number in
            ActivityEntry(
                time: Timestamp(milliseconds: Int64(number - olderCount - 1000)),
                event: events[number % events.count],
                userID: users[number % 2],
                serverID: servers[number % 2]
            )
        }
        for (id, entry) in zip(try await here.store.record(older, changed: []), older) {
            model.records.append((ActivityRecord(id: id, entry: entry), id))
        }
        let patterns =
            events.map { EventPattern.exactly($0) }
            + ["server:*", "server:sftp.*", "user:*", "none*", "*"].compactMap { EventPattern($0) }
            + [.anyOf([events[1], events[3], "none"]), .anyOf([])]
        var found = 0
        for _ in 0..<200 {
            let time = Int64.random(in: -100...8100, using: &generator)
            var query = ActivityQuery(limit: Int.random(in: 1...150, using: &generator))
            if Bool.random(using: &generator) { query.serverID = servers.randomElement() }
            if Bool.random(using: &generator) { query.userID = users.randomElement() }
            if query.serverID != nil, Bool.random(using: &generator) {
                query.ownerID = users.randomElement()
            }
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: query.actor = users.randomElement().map { .user($0) }
            case 1: query.actor = .process(uid: .random(in: 0...1, using: &generator))
            default: break
            }
            if Bool.random(using: &generator) { query.event = patterns.randomElement() }
            if olderCount > 0 || Bool.random(using: &generator) {
                query.since = Timestamp(milliseconds: time)
            }
            if Bool.random(using: &generator) {
                query.until = Timestamp(milliseconds: time + 2500)
            }
            let isAscending = Bool.random(using: &generator)
            let id = Int64.random(in: 0...500, using: &generator)
            query.start =
                isAscending ? .after(id) : Bool.random(using: &generator) ? .before(id) : .newest
            let expected = model.answer(query)
            var ids: [Int64] = []
            while true {
                let page = try await here.store.activity(query)
                #expect(page.records.count <= query.limit)
                ids += page.records.map(\.id)
                guard let next = page.next else { break }
                query.start = isAscending ? .after(next) : .before(next)
            }
            #expect(ids == expected, "\(query)")
            found += ids.count
        }
        #expect(found > 0)
    }

    @Test("whoever reads on is told of what is new and, again, of what has grown")
    func readingOn() async throws {
        let here = try await Populated()
        let store = here.store
        let empty = try await store.activity(ActivityQuery(start: .after(0)))
        #expect(empty.records.isEmpty && empty.next == nil && empty.latest == 0)
        let ids = try await store.record(
            [ActivityEntry(event: "a"), ActivityEntry(event: "b")],
            changed: []
        )
        let first = try await store.activity(ActivityQuery(start: .after(0)))
        #expect(first.records.map(\.id) == ids)
        func rest(after position: Int64) async throws -> ActivityPage {
            try await store.activity(ActivityQuery(start: .after(position)))
        }
        #expect(try await rest(after: first.latest).records.isEmpty)
        var grown = first.records[0]
        grown.entry.properties["files"] = .texts(["x"])
        _ = try await store.record([ActivityEntry(event: "c")], changed: [grown])
        let second = try await rest(after: first.latest)
        #expect(second.records.map(\.entry.event) == ["a", "c"])
        #expect(second.records[0].id == grown.id && second.records[0].entry == grown.entry)
        // Whoever reads on from an entry hears what came behind it, and that alone.
        #expect(second.records.map(\.position) == [ids[1] + 1, second.latest])
        #expect(try await rest(after: second.records[0].position).records == [second.records[1]])
        #expect(try await rest(after: second.latest).records.isEmpty)
        let newest = try await store.activity(ActivityQuery())
        #expect(newest.records.map(\.entry.event) == ["c", "b", "a"])
        #expect(newest.latest == second.latest)
    }

    @Test("a change of an entry that is gone changes nothing")
    func changeOfNothing() async throws {
        let here = try await Populated()
        let id = try #require(
            try await here.store.record([ActivityEntry(event: "a")], changed: []).first
        )
        let gone = ActivityRecord(id: id + 1, entry: ActivityEntry(event: "b"))
        #expect(try await here.store.record([], changed: [gone]) == [])
        #expect(try await here.store.activity(ActivityQuery()).records.map(\.id) == [id])
    }

    @Test("a pattern is a name, or the beginning of names and a star")
    func patterns() {
        #expect(EventPattern("server:sftp.login") == .exactly("server:sftp.login"))
        #expect(EventPattern("server:sftp.*") == .beginning(with: "server:sftp."))
        #expect(EventPattern("*") == .beginning(with: ""))
        let long = String(repeating: "a", count: EventPattern.maximumLength)
        #expect(EventPattern(long) == .exactly(long))
        for text in ["", "a*b", "**", "a b", "a%", "é", "a'", long + "a"] {
            #expect(EventPattern(text) == nil, "\(text)")
        }
    }

    @Test("who did it is found, whom it was done to, and what concerns all servers of an owner")
    func actors() async throws {
        let here = try await Populated()
        let (owner, guest, server) = (here.owner.id, here.guest.id, here.server.id)
        try await here.store.record([
            ActivityEntry(event: "own", userID: guest, serverID: server),
            ActivityEntry(
                event: "changed",
                userID: guest,
                serverID: server,
                actor: "owner",
                actorID: owner
            ),
            ActivityEntry(event: "panel", userID: owner, actor: "uid 33"),
            ActivityEntry(event: "delegated", userID: guest, actor: "uid 33", ownerID: owner),
        ])
        func events(_ query: ActivityQuery) async throws -> [String] {
            try await here.store.activity(query).records.map(\.entry.event)
        }
        #expect(try await events(ActivityQuery(actor: .user(owner))) == ["changed"])
        #expect(try await events(ActivityQuery(actor: .user(guest))) == [])
        #expect(
            try await events(ActivityQuery(actor: .process(uid: 33))) == ["delegated", "panel"]
        )
        #expect(try await events(ActivityQuery(actor: .process(uid: 3))) == [])
        #expect(
            try await events(ActivityQuery(userID: owner)) == ["delegated", "panel", "changed"]
        )
        #expect(
            try await events(ActivityQuery(userID: guest)) == ["delegated", "changed", "own"]
        )
        #expect(
            try await events(ActivityQuery(userID: guest, actor: .user(owner))) == ["changed"]
        )
        #expect(try await events(ActivityQuery(serverID: server)) == ["changed", "own"])
        #expect(
            try await events(ActivityQuery(serverID: server, ownerID: owner))
                == ["delegated", "changed", "own"]
        )
        #expect(ActivityActor(processName: "uid 33") == .process(uid: 33))
        for text in ["", "uid", "uid ", "33", "uid +3", "uid 033", "uid -1", "UID 3", "uid 3 "] {
            #expect(ActivityActor(processName: text) == nil, "\(text)")
        }
    }

    @Test("every way to search reads along an index and sorts nothing")
    func plans() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        try await here.store.record([
            ActivityEntry(
                event: "a",
                userID: here.guest.id,
                serverID: here.server.id,
                actor: "owner",
                actorID: here.owner.id,
                ownerID: here.owner.id
            ),
            ActivityEntry(event: "a", userID: here.owner.id, actor: "uid 0"),
        ])
        try here.store.close()
        let statements = Mutex<Set<String>>([])
        let store = try SQLiteStore(path: path) { sql in
            statements.withLock { _ = $0.insert(sql) }
        }
        statements.withLock { $0 = [] }
        let (owner, server) = (here.owner.id, here.server.id)
        let queries = [
            ActivityQuery(userID: owner), ActivityQuery(actor: .user(owner)),
            ActivityQuery(actor: .process(uid: 0)), ActivityQuery(serverID: server),
            ActivityQuery(serverID: server, ownerID: owner, userID: owner),
            ActivityQuery(userID: owner, actor: .user(owner), event: .exactly("a")),
            ActivityQuery(event: .anyOf(["a", "b"])),
            ActivityQuery(serverID: server, event: .anyOf(["a", "b"])),
        ]
        for var query in queries {
            for start in [ActivityQuery.Start.newest, .before(9), .after(0)] {
                query.start = start
                #expect(!(try await store.activity(query)).records.isEmpty, "\(query)")
            }
        }
        try store.close()
        let reader = try DatabaseQueue(path: path)
        let found = statements.withLock { $0 }.filter { $0.contains("FROM activity") }
        #expect(found.count > 10)
        for sql in found {
            let plan = try await reader.read { database in
                try Row.fetchAll(
                    database,
                    sql: "EXPLAIN QUERY PLAN " + sql,
                    arguments: StatementArguments(
                        Array(repeating: 1, count: sql.count { $0 == "?" })
                    )
                ).map { $0["detail"] as String }
            }
            #expect(
                plan.allSatisfy { $0.hasPrefix("SEARCH") || $0.hasSuffix("subquery-1)") },
                "\(sql): \(plan)"
            )
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(sql): \(plan)")
        }
    }

    @Test("a store from before it could be searched keeps its entries")
    func migration() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        try await here.store.record([ActivityEntry(event: "a", userID: here.guest.id)])
        try here.store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { database in
            let indexes = try String.fetchAll(
                database,
                sql: """
                    SELECT name FROM sqlite_schema
                    WHERE tbl_name = 'activity' AND type = 'index' AND sql IS NOT NULL
                    """
            )
            for index in indexes { try database.execute(sql: "DROP INDEX \(index)") }
            try database.execute(
                sql: """
                    ALTER TABLE activity DROP COLUMN changed;
                    ALTER TABLE activity DROP COLUMN actor_user;
                    ALTER TABLE activity DROP COLUMN owner;
                    CREATE INDEX activity_by_user ON activity (user);
                    CREATE INDEX activity_by_server ON activity (server);
                    DELETE FROM grdb_migrations
                        WHERE identifier IN ('3 activity', '8 actors');
                    """
            )
        }
        try other.close()
        let store = try SQLiteStore(path: path)
        let page = try await store.activity(ActivityQuery(userID: here.guest.id))
        #expect(page.records.map(\.entry.event) == ["a"])
    }
}
