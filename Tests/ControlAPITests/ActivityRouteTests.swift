import GateTestSupport
import SubuserStore
import Testing

@Suite("Reading the activity over the socket")
struct ActivityRouteTests {
    @Test("activity is found by the beginning of its event's name and by time, as text or number")
    func activityFilters() async throws {
        try await withServedHost { host, client in
            try await host.store.record(
                [("server:sftp.login", 0), ("server:sftp.write", 1500), ("user:create", 3000)].map {
                    ActivityEntry(time: Timestamp(milliseconds: $0.1), event: $0.0)
                }
            )
            let expected: [(String, [JSONValue])] = [
                ("", ["user:create", "server:sftp.write", "server:sftp.login"]),
                ("limit=1000", ["user:create", "server:sftp.write", "server:sftp.login"]),
                ("event=server:sftp.*", ["server:sftp.write", "server:sftp.login"]),
                ("event=server:sftp.l*", ["server:sftp.login"]),
                ("event=session:*", []),
                ("since=1", ["user:create", "server:sftp.write"]),
                ("since=1.5&until=3", ["server:sftp.write"]),
                ("until=1970-01-01T00:00:01.501Z", ["server:sftp.write", "server:sftp.login"]),
                ("since=1970-01-01T02:00:03%2B02:00", ["user:create"]),
                ("since=1970-01-01T02:00:03+02:00", ["user:create"]),
            ]
            for (query, events) in expected {
                let reply = try await client.get("/v1/activity?\(query)")
                #expect(reply.status == 200, "\(query)")
                #expect(try reply.members("event", of: "activity") == events, "\(query)")
            }
        }
    }

    @Test("activity is read on from where the last answer ended, the oldest first")
    func activityAfter() async throws {
        try await withServedHost { host, client in
            let before = try await client.get("/v1/activity?after=0")
            #expect(try before.json == ["activity": .list([]), "next": .null, "latest": 0])
            try await host.store.record(["a", "b", "c"].map { ActivityEntry(event: $0) })
            let first = try await client.get("/v1/activity?after=0&limit=2")
            #expect(try first.members("event", of: "activity") == ["a", "b"])
            #expect(try first.value("next") == 2)
            #expect(try first.value("latest") == 3)
            let second = try await client.get("/v1/activity?after=2")
            #expect(try second.members("event", of: "activity") == ["c"])
            #expect(try second.value("next") == .null)
            var grown = try #require(
                try await host.store.activity(ActivityQuery(start: .after(0))).records.first
            )
            grown.entry.properties["files"] = .texts(["/x"])
            _ = try await host.store.record([], changed: [grown])
            let third = try await client.get("/v1/activity?after=3")
            #expect(try third.members("id", of: "activity") == [1])
            #expect(try third.value("latest") == 4)
            #expect(
                try await client.get("/v1/activity?after=4").members("id", of: "activity") == []
            )
        }
    }
}

extension Reply {
    /// One member of each object in a list.
    fileprivate func members(_ name: String, of list: String) throws -> [JSONValue] {
        guard case .list(let objects)? = try value(list) else { return [] }
        return objects.compactMap { object in
            if case .object(let members) = object { members[name] } else { nil }
        }
    }
}
