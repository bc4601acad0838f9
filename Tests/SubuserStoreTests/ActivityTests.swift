import SubuserStore
import Testing

@Suite("The activity log's table")
struct ActivityTests {
    @Test("an entry comes back as it was recorded")
    func roundTrip() async throws {
        let here = try await Populated()
        let full = ActivityEntry(
            time: Timestamp(milliseconds: 1_700_000_000_123),
            event: "server:sftp.rename",
            userID: here.guest.id,
            userName: "guest",
            serverID: here.server.id,
            session: "0123456789ab",
            ip: "2001:db8::1",
            actor: "uid 0",
            actorID: here.owner.id,
            ownerID: here.owner.id,
            properties: [
                "files": .list([.object(["from": "a/ü", "to": "b\n\"\\"])]),
                "bytes": 12_345_678_901,
                "partial": false,
                "nothing": .null,
            ]
        )
        let bare = ActivityEntry(time: Timestamp(milliseconds: 0), event: "x")
        try await here.store.record([full, bare])
        let page = try await here.store.activity(ActivityQuery())
        #expect(page.records.map(\.entry) == [bare, full])
        #expect(page.next == nil)
    }

    @Test("pages follow each other without gap or overlap, newest first")
    func pages() async throws {
        let here = try await Populated()
        try await here.store.record((0..<25).map { ActivityEntry(event: "e\($0)") })
        var events: [String] = []
        var before: Int64?
        var sizes: [Int] = []
        repeat {
            let page = try await here.store.activity(
                ActivityQuery(limit: 10, start: before.map { .before($0) } ?? .newest)
            )
            events += page.records.map(\.entry.event)
            sizes.append(page.records.count)
            before = page.next
        } while before != nil
        #expect(sizes == [10, 10, 5])
        #expect(events == (0..<25).reversed().map { "e\($0)" })
    }

    @Test("filters select by server, user and event, alone and together")
    func filters() async throws {
        let here = try await Populated()
        try await here.store.record([
            ActivityEntry(event: "a", userID: here.guest.id),
            ActivityEntry(event: "a", userID: here.owner.id, serverID: here.server.id),
            ActivityEntry(event: "b", userID: here.guest.id, serverID: here.server.id),
        ])
        func count(_ query: ActivityQuery) async throws -> Int {
            try await here.store.activity(query).records.count
        }
        #expect(try await count(ActivityQuery(event: .exactly("a"))) == 2)
        #expect(try await count(ActivityQuery(userID: here.guest.id)) == 2)
        #expect(try await count(ActivityQuery(serverID: here.server.id)) == 2)
        #expect(
            try await count(
                ActivityQuery(serverID: here.server.id, userID: here.guest.id, event: .exactly("b"))
            ) == 1
        )
        #expect(try await count(ActivityQuery(serverID: here.server.id, event: .exactly("c"))) == 0)
    }

    @Test("entries stay when what they name is deleted")
    func survival() async throws {
        let here = try await Populated()
        try await here.store.record([
            ActivityEntry(event: "a", userID: here.guest.id, serverID: here.server.id)
        ])
        _ = try await here.store.removeServer(here.server.id)
        _ = try await here.store.removeUser(here.guest.id)
        let page = try await here.store.activity(ActivityQuery(userID: here.guest.id))
        #expect(page.records.map(\.entry.serverID) == [here.server.id])
    }

    @Test("a limit is kept within its bounds")
    func limits() {
        #expect(ActivityQuery(limit: 0).limit == 1)
        #expect(ActivityQuery(limit: 5000).limit == ActivityQuery.maximumLimit)
    }
}
