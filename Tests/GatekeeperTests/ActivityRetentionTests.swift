import GateTestSupport
import Gatekeeper
import SubuserStore
import Synchronization
import Testing

@Suite("How long activity is kept")
struct ActivityRetentionTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteStore
    private let retention: ActivityRetention
    private let now = Timestamp(milliseconds: 1_000_000)

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.file("store.sqlite"))
        retention = ActivityRetention(
            store: store,
            age: nil,
            logger: MemoryLog().makeLogger()
        )
    }

    private func fill(_ count: Int) async throws {
        try await store.record(
            (0..<count).map {
                ActivityEntry(time: Timestamp(milliseconds: Int64($0)), event: "old")
            } + [
                ActivityEntry(time: Timestamp(milliseconds: 899_999), event: "too old"),
                ActivityEntry(time: Timestamp(milliseconds: 900_000), event: "just kept"),
                ActivityEntry(time: Timestamp(milliseconds: 2_000_000), event: "to come"),
            ]
        )
    }

    /// How many entries are left that are too old.
    private func rest() async throws -> Int {
        var count = 0
        var start = ActivityQuery.Start.newest
        while true {
            let page = try await store.activity(
                ActivityQuery(
                    until: Timestamp(milliseconds: 900_000),
                    limit: 1000,
                    start: start
                )
            )
            count += page.records.count
            guard let next = page.next else { return count }
            start = .before(next)
        }
    }

    @Test("what is too old goes, and nothing else")
    func pruning() async throws {
        try await fill(1200)
        #expect(try await retention.prune(olderThan: .seconds(100), at: now) == 1201)
        let left = try await store.activity(ActivityQuery(start: .after(0))).records
        #expect(left.map(\.entry.event) == ["just kept", "to come"])
        #expect(try await retention.prune(olderThan: .seconds(100), at: now) == 0)
    }

    @Test("another age is in force at once, and none keeps everything", .timeLimit(.minutes(1)))
    func changing() async throws {
        let now = Timestamp.now.milliseconds
        try await store.record(
            [("days old", 500_000), ("hours old", 50_000), ("new", 0)].map { event, age in
                ActivityEntry(
                    time: Timestamp(milliseconds: now - age * 1000),
                    event: event
                )
            }
        )
        let running = Task { await retention.run() }
        for (age, left) in [
            (100_000, ["hours old", "new"]), (nil, ["hours old", "new"]), (10_000, ["new"]),
        ] as [(Int?, [String])] {
            retention.change(to: age.map { .seconds($0) })
            while try await events() != left { await Task.yield() }
        }
        running.cancel()
        await running.value
    }

    private func events() async throws -> [String] {
        try await store.activity(ActivityQuery(start: .after(0))).records.map(\.entry.event)
    }

    @Test("a step removes so many, the oldest first, and leaves the store to others after it")
    func steps() async throws {
        try await fill(1200)
        // Another program, which waits for nobody: it finds the store free after every step.
        let other = try SQLiteStore(path: directory.file("store.sqlite"), busyTimeout: 0)
        for (expected, left) in [(500, 701), (500, 201), (201, 0), (0, 0)] {
            #expect(try await retention.removeStep(olderThan: .seconds(100), at: now) == expected)
            #expect(try await rest() == left)
            try await other.record([ActivityEntry(time: now, event: "other")])
        }
        let oldest = try await store.activity(ActivityQuery(limit: 1, start: .after(0)))
        #expect(oldest.records.map(\.entry.event) == ["just kept"])
    }

    @Test("revocations that are done and too old go with it, one that is not done stays")
    func revocations() async throws {
        func job(_ name: String, _ time: Int64) throws -> NewRevocation {
            NewRevocation(
                id: try #require(RevocationJobID(name)),
                request: [:],
                selector: ["all": true],
                reason: nil,
                actor: "uid 0",
                time: Timestamp(milliseconds: time)
            )
        }
        var jobs = try (0..<700).map { try job("old \($0)", Int64($0)) }
        jobs.append(try job("unfinished", 1))
        jobs.append(try job("just kept", 900_000))
        _ = try await store.beginRevocations(jobs)
        let end = RevocationRecord.End(time: now, isResumed: false, outcome: [:])
        let ended = jobs.map(\.id).filter { "\($0)" != "unfinished" }
        try await store.endRevocations(
            Dictionary(uniqueKeysWithValues: ended.map { ($0, end) })
        )
        #expect(try await retention.pruneRevocations(olderThan: .seconds(100), at: now) == 700)
        let left = try await store.revocations(before: nil, limit: 10).records
        #expect(left.map { "\($0.job.id)" } == ["just kept", "unfinished"])
        #expect(try await retention.pruneRevocations(olderThan: .seconds(100), at: now) == 0)
    }

    @Test("sign-ins are read and changes are stored while much is removed")
    func alongside() async throws {
        try await fill(10_000)
        let person = try await store.addUser(
            NewUser(name: UserName("ann"), email: Email("ann@example.org"))
        )
        let isDone = Mutex(false)
        let (retention, now) = (retention, now)
        async let removed = {
            defer { isDone.withLock { $0 = true } }
            return try await retention.prune(olderThan: .seconds(100), at: now)
        }()
        var changesMeanwhile = 0
        var isAdministrator = false
        while !isDone.withLock({ $0 }) {
            let before = try await rest()
            isAdministrator.toggle()
            _ = try await store.changeUser(
                person.user.id,
                UserEdit(isAdministrator: isAdministrator)
            )
            let read = try store.signInCredentials(userName: "ann")
            #expect(read?.isAdministrator == isAdministrator)
            let after = try await rest()
            // Begun after some was removed, done before all was: it waited for a step, not for all.
            if before < 10_001, after > 0 { changesMeanwhile += 1 }
        }
        #expect(try await removed == 10_001)
        #expect(changesMeanwhile > 0)
    }
}
