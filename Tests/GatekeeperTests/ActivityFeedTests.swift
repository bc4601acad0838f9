import AccessControl
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Following the record of activity")
struct ActivityFeedTests {
    private let host: GateHost

    init() throws {
        host = try GateHost()
    }

    private func feed(_ choice: ActivityFeed.Choice, after position: Int64 = 0) -> ActivityFeed {
        ActivityFeed(choice, in: host.store, after: position)
    }

    private func revoked(_ found: Int64) -> [String: JSONValue] {
        ["revoked": .object(["found": .number(found), "endedByKill": 0])]
    }

    private func rest(of feed: inout ActivityFeed) async throws -> [ActivityRecord] {
        var records: [ActivityRecord] = []
        repeat { records += try await feed.next() } while feed.hasMore
        return records
    }

    @Test("of each event it tells what is announced, and whatever a pattern names")
    func announced() async throws {
        let events = ActivityEvent.allCases
        try await host.store.record(
            events.flatMap { event in
                [
                    ActivityEntry(event),
                    ActivityEntry(event, properties: revoked(0)),
                    ActivityEntry(event, properties: revoked(2)),
                ]
            } + [ActivityEntry(event: "of:a.later.version", properties: revoked(2))]
        )
        let expected = events.flatMap { event -> [String] in
            switch event.announcement {
            case .always: Array(repeating: event.rawValue, count: 3)
            case .whenSessionsEnded: [event.rawValue]
            case .onRequest: []
            }
        }
        var announced = feed(.announced)
        #expect(try await rest(of: &announced).map(\.entry.event) == expected)
        var everything = feed(.events(.beginning(with: "")))
        #expect(try await rest(of: &everything).count == 3 * events.count + 1)
        var files = feed(.events(.exactly("\(ActivityEvent.write)")))
        #expect(try await rest(of: &files).count == 3)
        #expect(announced.position == everything.position)
    }

    @Test("it goes on behind any entry, in pages that are bounded, and repeats and misses nothing")
    func positions() async throws {
        func denials(_ files: [String]) -> [ActivityEntry] {
            (0..<50).map { number in
                ActivityEntry(
                    .denied,
                    session: "s\(number)",
                    properties: ["files": .texts(files)]
                )
            }
        }
        var whole = feed(.announced)
        var told: [ActivityRecord] = []
        var ids = try await host.store.record(denials(["/0"]), changed: [])
        ids += try await host.store.record([ActivityEntry(.login)], changed: [])
        for round in 1...3 {
            repeat {
                let page = try await whole.next()
                #expect(page.count <= ActivityFeed.pageLength)
                told += page
            } while whole.hasMore
            guard round < 3 else { break }
            // Each of them has grown, and comes again.
            _ = try await host.store.record(
                [ActivityEntry(.login)],
                changed: zip(ids, denials(["/0", "/\(round)"])).map {
                    ActivityRecord(id: $0, entry: $1)
                }
            )
        }
        #expect(told.count == 153)
        #expect(Set(told.map(\.id)).count == 53)
        #expect(told.map(\.position) == told.map(\.position).sorted())
        #expect(Set(told.map(\.position)).count == told.count)
        // What has moved on since is told where it is now.
        var again = feed(.announced)
        let now = try await rest(of: &again)
        #expect(now.count == 53)
        for (index, record) in now.enumerated() {
            var behind = feed(.announced, after: record.position)
            #expect(try await rest(of: &behind) == Array(now[(index + 1)...]))
        }
    }

    @Test("what nobody asked for is passed over once")
    func passing() async throws {
        try await host.store.record((0..<100).map { _ in ActivityEntry(.write) })
        var feed = feed(.announced)
        #expect(try await feed.next().isEmpty && !feed.hasMore)
        let latest = try await host.store.activity(ActivityQuery()).latest
        #expect(feed.position == latest)
        try await host.store.record([ActivityEntry(.login)])
        #expect(try await feed.next().map(\.position) == [latest + 1])
    }

    @Test("what concerns all servers of an owner is told for the servers that are theirs by then")
    func owners() async throws {
        let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
        let server = try await host.makeServer("one", owner: ann)
        var feed = ActivityFeed(
            .events(.beginning(with: "user:delegation.")),
            in: host.store,
            serverID: server.id,
            after: 0
        )
        func delegated(by owner: User) async throws {
            try await host.store.record([ActivityEntry(.delegate, ownerID: owner.id)])
        }
        try await delegated(by: ann)
        try await delegated(by: bob)
        #expect(try await feed.next().map(\.entry.ownerID) == [ann.id])
        _ = try await host.administration.changeServer(
            .id(server.id),
            ServerRevision(owner: .id(bob.id)),
            by: host.caller
        )
        try await delegated(by: ann)
        try await delegated(by: bob)
        #expect(try await feed.next().map(\.entry.ownerID) == [bob.id])
        _ = try await host.administration.deleteServer(.id(server.id), by: host.caller)
        try await delegated(by: bob)
        #expect(try await feed.next().isEmpty)
    }
}
