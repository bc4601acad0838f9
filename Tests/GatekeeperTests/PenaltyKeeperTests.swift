import Admission
import GateTestSupport
import Gatekeeper
import Logging
import SubuserStore
import Synchronization
import Testing

@Suite("Keeping penalties over a restart")
struct PenaltyKeeperTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteStore
    private let written = Statements()
    private let live = RecordedSessions()
    private let log = MemoryLog()
    private let keeper: PenaltyKeeper
    private let attacker: IPAddress
    private let start = Timestamp(milliseconds: 1_000_000_000)

    /// The changes that were made to the store.
    private final class Statements: Sendable {
        private let texts = Mutex<[String]>([])

        func add(_ text: String) {
            guard text.hasPrefix("REPLACE") || text.hasPrefix("DELETE") else { return }
            texts.withLock { $0.append(text) }
        }

        /// How many there were since this was last asked.
        func take() -> Int {
            texts.withLock { texts in
                defer { texts = [] }
                return texts.count
            }
        }
    }

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(
            path: directory.file("store.sqlite"),
            busyTimeout: 10,
            observer: { [written] in written.add($0) }
        )
        keeper = PenaltyKeeper(live: live, store: store, logger: log.makeLogger())
        attacker = try #require(IPAddress("198.51.100.7"))
    }

    /// The moment so many milliseconds after the start.
    private func time(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: start.milliseconds + milliseconds)
    }

    /// A gate that begins anew with the same store.
    private func restarted(at time: Timestamp) async throws -> PenaltyReading {
        let next = RecordedSessions()
        try await PenaltyKeeper(live: next, store: store, logger: log.makeLogger())
            .restore(at: time)
        return await next.penalties()
    }

    private func offend(_ offence: Offence = .crashBeforeSignIn) async {
        _ = await live.changePenalties { penalties, now in
            penalties.record(offence, from: attacker, at: now)
        }
    }

    @Test("what was saved goes on after a restart, and ends when it would have")
    func restart() async throws {
        await offend()
        await keeper.save(.changes, at: start)
        let soon = try await restarted(at: time(40_000))
        #expect(soon.penalties.sources(at: soon.time).map(\.remaining) == [50_000])
        let late = try await restarted(at: time(90_000))
        #expect(late.penalties.admission(of: attacker, at: late.time) == .admitted)
    }

    @Test("only what has changed is written, and nothing where nothing has")
    func changes() async throws {
        await offend()
        await keeper.save(.everything, at: start)
        #expect(written.take() > 0)
        live.pass(milliseconds: 30_000)
        await keeper.save(.changes, at: time(30_000))
        #expect(written.take() == 0)
        await offend(.noSignIn)
        await keeper.save(.changes, at: time(30_000))
        #expect(written.take() == 1)
        live.pass(milliseconds: 80_000)
        await keeper.save(.changes, at: time(110_000))
        #expect(written.take() == 1)
        #expect(try await restarted(at: start).penalties.figures.sources == 0)
    }

    @Test("a calendar that jumps while the gate runs neither lengthens a penalty nor revives one")
    func jump() async throws {
        await offend()
        await keeper.save(.everything, at: start)
        live.pass(milliseconds: 60_000)
        let hour: Int64 = 3_600_000
        // Set forward: without another look, everything would seem to have ended long ago.
        await keeper.save(.changes, at: time(hour))
        let forward = try await restarted(at: time(hour))
        #expect(forward.penalties.sources(at: forward.time).map(\.remaining) == [30_000])
        // Set back, and it ends between two savings.
        live.pass(milliseconds: 40_000)
        await keeper.save(.changes, at: time(-hour))
        let back = try await restarted(at: time(-hour))
        #expect(back.penalties.admission(of: attacker, at: back.time) == .admitted)
        #expect(back.penalties.sources(at: back.time).isEmpty)
    }

    @Test("a ban that ended is off the disk, and one that holds is never longer than it was")
    func bans() async throws {
        let short = try AddressRange("192.0.2.1")
        let long = try AddressRange("192.0.2.2")
        for (range, duration) in [(short, Int64(10_000)), (long, 100_000)] {
            try await live.changePenalties { penalties, now throws(AdmissionError) in
                try penalties.ban(range, reason: "", duration: duration, at: now)
            }
        }
        await keeper.save(.everything, at: start)
        live.pass(milliseconds: 60_000)
        await keeper.save(.changes, at: time(60_000))
        #expect(try await store.penalties(at: start).snapshot.bans.map(\.range) == [long])
        await keeper.save(.everything, at: time(60_000))
        let back = try await restarted(at: time(-3_600_000))
        #expect(back.penalties.bans(at: back.time).map(\.remaining) == [40_000])
    }

    @Test("what the store cannot take is written the next time")
    func lockedStore() async throws {
        await offend()
        let rival = try StoreRival(path: store.path)
        try rival.begin()
        await keeper.save(.changes, at: start)
        #expect(log.lines.contains { $0.contains("penalties cannot be saved yet") })
        try rival.end()
        #expect(try await restarted(at: start).penalties.figures.sources == 0)
        await keeper.save(.changes, at: start)
        #expect(try await restarted(at: start).penalties.figures.sources == 1)
    }

    @Test("a row that cannot be read is told in the log, and the gate goes on with the others")
    func damage() async throws {
        try await store.setBans(
            [BanReport(range: AddressRange("192.0.2.1"), reason: "", remaining: nil)],
            at: start
        )
        try StoreRival(path: store.path).run(
            """
            INSERT INTO bans (range, saved, age, remaining, reason)
            VALUES ('everybody', 0, 0, NULL, 'rubbish')
            """
        )
        let reading = try await restarted(at: start)
        #expect(reading.penalties.bans(at: reading.time).count == 1)
        #expect(log.lines.contains { $0.contains("it is gone") && $0.contains("everybody") })
    }
}
