import AccessControl
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("The activity log")
struct ActivityLogTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteStore
    private let messages = MemoryLog()
    private let log: ActivityLog

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.file("store.sqlite"), busyTimeout: 10)
        log = ActivityLog(store: store, interval: .seconds(60), logger: messages.makeLogger())
    }

    private func upload(_ file: String, session: String = "s1") -> ActivityEntry {
        ActivityEntry(
            event: "\(ActivityEvent.write)",
            session: session,
            properties: ["files": .texts([file]), "bytes": 10]
        )
    }

    private func records() async throws -> [ActivityRecord] {
        try await store.activity(ActivityQuery(start: .after(0))).records
    }

    @Test("an entry is in the store with the first flush, and grows there with later ones")
    func growth() async throws {
        log.add(upload("/a"))
        #expect(await log.flush())
        let first = try await records()
        #expect(first.map { $0.entry.properties["files"] } == [.texts(["/a"])])
        log.add(upload("/b"))
        log.add(upload("/a", session: "s2"))
        #expect(await log.flush())
        let second = try await records()
        #expect(
            second.map(\.entry.properties) == [
                ["files": .texts(["/a", "/b"]), "bytes": 20],
                ["files": .texts(["/a"]), "bytes": 10],
            ]
        )
        #expect(second.first?.id == first.first?.id)
        #expect(second.first?.entry.time == first.first?.entry.time)
    }

    @Test("more files than an entry holds are all there, in entries that name the first")
    func series() async throws {
        for number in 0..<1200 {
            log.add(upload("/\(number)"))
            if number == 700 { #expect(await log.flush()) }
        }
        #expect(await log.flush())
        let found = try await records()
        #expect(
            found.sorted { $0.id < $1.id }.flatMap(\.entry.files) == (0..<1200).map { "/\($0)" }
        )
        let first = try #require(found.map(\.id).min())
        for record in found where record.id != first {
            #expect(record.entry.properties["continues"] == .number(first))
        }
        #expect(found.count == 3)
    }

    @Test("whoever listens is woken when something was written, and only then")
    func news() async throws {
        func wakeUps(_ body: () async throws -> Void) async throws -> Int {
            let (stream, listener) = AsyncStream.makeStream(of: Void.self)
            log.news.wake(listener)
            try await body()
            listener.finish()
            return await stream.reduce(0) { count, _ in count + 1 }
        }
        let afterNothing = try await wakeUps { #expect(await log.flush()) }
        #expect(afterNothing == 0)
        log.add(upload("/a"))
        let afterNew = try await wakeUps { #expect(await log.flush()) }
        #expect(afterNew == 1)
        log.add(upload("/b"))
        let afterGrowth = try await wakeUps { #expect(await log.flush()) }
        #expect(afterGrowth == 1)
        log.add(upload("/c"))
        let afterFailure = try await wakeUps {
            let rival = try StoreRival(path: directory.file("store.sqlite"))
            try rival.begin()
            #expect(await log.flush() == false)
            try rival.end()
        }
        #expect(afterFailure == 0)
        try await recordAndVanish(ActivityEntry(.login, session: "s1"))
        let afterLoss = try await wakeUps { #expect(await log.endLostSessions()) }
        #expect(afterLoss == 1)
        let afterNoLoss = try await wakeUps { #expect(await log.endLostSessions()) }
        #expect(afterNoLoss == 0)
    }

    @Test("after a session's end, the same session's name begins entries of its own")
    func logout() async throws {
        log.add(upload("/a"))
        log.add(ActivityEntry(event: "\(ActivityEvent.logout)", session: "s1"))
        log.add(upload("/b"))
        await log.flush()
        #expect(try await records().count == 3)
    }

    @Test("flushes at the same time write everything once, and each only answers when it is there")
    func flushes() async throws {
        await withTaskGroup { group in
            for number in 0..<200 {
                group.addTask { [log, store] in
                    log.add(self.upload("/\(number)", session: "s\(number % 5)"))
                    await log.flush()
                    let page = try? await store.activity(ActivityQuery(limit: 1000))
                    let files = page?.records.flatMap { $0.entry.files } ?? []
                    #expect(files.contains("/\(number)"))
                }
            }
        }
        let found = try await records()
        #expect(found.count == 5)
        #expect(found.flatMap(\.entry.files).count == 200)
        #expect(Set(found.flatMap(\.entry.files)).count == 200)
    }

    @Test("many entries are written in several transactions, in their order")
    func batches() async throws {
        for number in 0..<1234 { log.add(ActivityEntry(event: "e\(number)")) }
        #expect(await log.flush())
        var events: [String] = []
        var position: Int64? = 0
        while let after = position {
            let page = try await store.activity(ActivityQuery(limit: 1000, start: .after(after)))
            events += page.records.map(\.entry.event)
            position = page.next
        }
        #expect(events == (0..<1234).map { "e\($0)" })
    }

    @Test("sessions of a gate that is gone are ended as soon as the store takes it, and once")
    func lostSessions() async throws {
        let moment = Timestamp(milliseconds: 1_700_000_000_000)
        try await recordAndVanish(
            ActivityEntry(
                time: moment,
                event: "\(ActivityEvent.login)",
                userName: "ann",
                session: "s1",
                ip: "192.0.2.7"
            )
        )
        let rival = try StoreRival(path: directory.file("store.sqlite"))
        try rival.begin()
        #expect(await log.endLostSessions() == false)
        try rival.end()
        #expect(await log.endLostSessions())
        #expect(await log.endLostSessions())
        let found = try await records().map(\.entry)
        #expect(found.map(\.event) == ["server:sftp.login", "server:sftp.logout"])
        #expect(found.last?.session == "s1" && found.last?.userName == "ann")
        #expect(found.last?.ip == "192.0.2.7")
        #expect(
            found.last?.properties == [
                "reason": "gateLost", "lastSeen": "2023-11-14T22:13:20.000Z",
            ]
        )
        #expect(try #require(found.last).time > moment)
        let told = messages.lines.filter { $0.contains("ended without being told to") }
        #expect(told.count == 1)
    }

    /// As a gate does that is killed: nothing is closed in order.
    private func recordAndVanish(_ entry: ActivityEntry) async throws {
        try await SQLiteStore(path: directory.file("store.sqlite")).record([entry])
    }

    @Test("what the store does not take is kept, grows meanwhile, and is written once later")
    func busy() async throws {
        log.add(upload("/a"))
        let rival = try StoreRival(path: directory.file("store.sqlite"))
        try rival.begin()
        #expect(await log.flush() == false)
        log.add(upload("/b"))
        #expect(try await records().isEmpty)
        try rival.end()
        #expect(await log.flush())
        let found = try await records()
        #expect(found.map(\.entry.files) == [["/a", "/b"]])
        #expect(messages.lines.contains { $0.contains("activity cannot be written yet") })
    }
}

extension ActivityEntry {
    /// The files that it names.
    fileprivate var files: [String] {
        guard case .list(let files)? = properties["files"] else { return [] }
        return files.compactMap { file in
            if case .text(let text) = file { text } else { nil }
        }
    }
}
