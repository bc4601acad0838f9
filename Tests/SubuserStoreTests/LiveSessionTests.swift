import AccessControl
import Foundation
import GRDB
import GateTestSupport
import SubuserStore
import Synchronization
import Testing

@Suite("Sessions whose gate ended without them")
struct LiveSessionTests {
    private static let start: Int64 = 1_700_000_000_000

    private func entry(
        _ event: ActivityEvent,
        _ session: String,
        _ here: Populated,
        after milliseconds: Int64 = 0
    ) -> ActivityEntry {
        ActivityEntry(
            time: Timestamp(milliseconds: Self.start + milliseconds),
            event: "\(event)",
            userID: here.guest.id,
            userName: "guest",
            serverID: here.server.id,
            session: session,
            ip: "192.0.2.7"
        )
    }

    /// Ends what is lost and answers which that was, in the order of the record.
    private func lost(in store: SQLiteStore) async throws -> [LostSession] {
        let found = Found()
        let count = try await store.endLostSessions { session in
            found.add(session)
            return ActivityEntry(event: "\(ActivityEvent.logout)", session: session.session)
        }
        #expect(found.sessions.count == count)
        let ends = try await store.activity(ActivityQuery(limit: max(1, count))).records
        #expect(
            ends.reversed().map(\.entry.session).suffix(count) == found.sessions.map(\.session)[...]
        )
        return found.sessions
    }

    /// What a gate that is killed now leaves behind, opened.
    private func remains(of here: Populated) throws -> SQLiteStore {
        try here.directory.makeDirectory("remains")
        for suffix in ["", "-wal", "-gates"] {
            try FileManager.default.copyItem(
                atPath: here.directory.file("store.sqlite" + suffix),
                toPath: here.directory.file("remains/store.sqlite" + suffix)
            )
        }
        return try SQLiteStore(path: here.directory.file("remains/store.sqlite"))
    }

    @Test("get one end each, with what is known; those that ended themselves get none")
    func ends() async throws {
        let here = try await Populated()
        try await here.store.record([
            entry(.login, "a", here), entry(.login, "b", here, after: 10),
            entry(.login, "c", here, after: 20),
        ])
        let ids = try await here.store.record(
            [entry(.write, "b", here, after: 3000), entry(.signInFailed, "d", here)],
            changed: []
        )
        let grown = ActivityRecord(id: ids[0], entry: entry(.write, "b", here, after: 4000))
        _ = try await here.store.record([entry(.logout, "a", here, after: 5000)], changed: [grown])
        try await here.store.record([
            entry(.login, "e", here), entry(.delete, "e", here), entry(.logout, "e", here),
        ])
        let store = try remains(of: here)
        let expected = [("c", 20), ("b", 4000)].map { session, time in
            LostSession(
                session: session,
                userID: here.guest.id,
                userName: "guest",
                serverID: here.server.id,
                ip: "192.0.2.7",
                lastSeen: Timestamp(milliseconds: Self.start + Int64(time))
            )
        }
        #expect(try await lost(in: store) == expected)
        #expect(try await lost(in: store).isEmpty)
        let count = try await store.activity(ActivityQuery()).records.count
        try store.close()
        let again = try SQLiteStore(path: here.directory.file("remains/store.sqlite"))
        #expect(try await lost(in: again).isEmpty)
        #expect(try await again.activity(ActivityQuery()).records.count == count)
    }

    @Test("are told from those of a gate that runs")
    func neighbours() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        var neighbour: SQLiteStore? = try SQLiteStore(path: path)
        try await neighbour?.record([entry(.login, "theirs", here)])
        try await here.store.record([entry(.login, "ours", here)])
        #expect(try await lost(in: here.store).isEmpty)
        // It goes without a word.
        neighbour = nil
        #expect(try await lost(in: here.store).map(\.session) == ["theirs"])
        #expect(try await lost(in: here.store).isEmpty)
    }

    @Test("are known by themselves, not by entries that are kept only for a time")
    func retention() async throws {
        let here = try await Populated()
        try await here.store.record([entry(.login, "a", here)])
        #expect(try await here.store.removeActivity(before: .now, limit: 10) == 1)
        #expect(try await lost(in: remains(of: here)).map(\.userName) == ["guest"])
    }

    @Test("are found in a store that an earlier version wrote")
    func upgrade() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        try await here.store.record([
            entry(.login, "a", here), entry(.login, "b", here), entry(.logout, "a", here),
            entry(.write, "b", here, after: 700), entry(.write, "b", here, after: 600),
            entry(.signInFailed, "c", here),
        ])
        try here.store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { database in
            try database.execute(
                sql: """
                    DROP TABLE live_sessions;
                    DELETE FROM grdb_migrations WHERE identifier = '5 live sessions';
                    """
            )
        }
        try other.close()
        let found = try await lost(in: SQLiteStore(path: path))
        #expect(found.map(\.session) == ["b"])
        #expect(found.first?.lastSeen == Timestamp(milliseconds: Self.start + 700))
        #expect(found.first?.serverID == here.server.id)
    }
}

/// What a store has shown.
private final class Found: Sendable {
    private let kept = Mutex<[LostSession]>([])

    var sessions: [LostSession] { kept.withLock { $0 } }

    func add(_ session: LostSession) {
        kept.withLock { $0.append(session) }
    }
}
