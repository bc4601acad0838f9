import GateTestSupport
import SubuserStore
import Testing

@Suite("Revocations in the store")
struct RevocationStoreTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.file("store.sqlite"))
    }

    private func job(
        _ name: String,
        request: [String: JSONValue] = ["user": "ann"],
        reason: String? = "Moved"
    ) throws -> NewRevocation {
        NewRevocation(
            id: try #require(RevocationJobID(name)),
            request: request,
            selector: ["user": "5f4dcc3b-5aa7-45d6-8d83-27deb882cf99"],
            reason: reason,
            actor: "uid 7",
            time: Timestamp(milliseconds: 5)
        )
    }

    @Test("an id is 1 to 255 printable characters of ASCII, and one that is made up is new")
    func ids() {
        #expect(RevocationJobID("x")?.description == "x")
        #expect(RevocationJobID(String(repeating: " ", count: 255)) != nil)
        for bad in ["", "\u{E9}", "two\nlines", "\u{7F}", String(repeating: "x", count: 256)] {
            #expect(RevocationJobID(bad) == nil)
        }
        let made = (0..<100).map { _ in RevocationJobID.random() }
        #expect(Set(made).count == 100)
        #expect(made.allSatisfy { RevocationJobID("\($0)") == $0 && "\($0)".utf8.count == 32 })
    }

    @Test("what is begun is kept with everything it says, and is unfinished until it ends")
    func life() async throws {
        let jobs = [try job("a"), try job("b", reason: nil)]
        guard case .begun(let begun) = try await store.beginRevocations(jobs),
            case .new(let first) = begun.first, case .new(let second) = begun.last
        else {
            Issue.record("not begun")
            return
        }
        #expect([first.job, second.job] == jobs && first.number < second.number)
        // Another program reads the same.
        let other = try SQLiteStore(path: directory.file("store.sqlite"))
        #expect(try await other.unfinishedRevocations() == [first, second])
        let end = RevocationRecord.End(
            time: Timestamp(milliseconds: 9),
            isResumed: true,
            outcome: ["milliseconds": 4, "sessions": .list([])]
        )
        try await store.endRevocations([first.job.id: end])
        #expect(try await store.unfinishedRevocations() == [second])
        var ended = first
        ended.end = end
        #expect(
            try await other.revocations([first.job.id, .random()]) == [first.job.id: ended]
        )
        // The first end counts.
        let later = RevocationRecord.End(
            time: Timestamp(milliseconds: 10),
            isResumed: false,
            outcome: [:]
        )
        try await store.endRevocations([first.job.id: later])
        #expect(try await store.revocations([first.job.id]) == [first.job.id: ended])
    }

    @Test("the same again is known, also within one batch, and nothing is recorded twice")
    func repetition() async throws {
        let again = [try job("a"), try job("b"), try job("a")]
        guard case .begun(let begun) = try await store.beginRevocations(again),
            case .new(let first) = begun[0]
        else {
            Issue.record("not begun")
            return
        }
        #expect(begun[2] == .known(first))
        #expect(
            try await store.beginRevocations([try job("a")]) == .begun([.known(first)])
        )
        #expect(try await store.revocations(before: nil, limit: 10).records.count == 2)
    }

    @Test("another request under an id that is taken is refused, with all that came with it")
    func reuse() async throws {
        _ = try await store.beginRevocations([try job("a")])
        let others = [
            [try job("c"), try job("a", request: ["user": "bob"])],
            [try job("c"), try job("a", reason: nil)],
            [try job("c"), try job("c", request: ["all": true])],
        ]
        for other in others {
            #expect(try await store.beginRevocations(other) == .reused(index: 1))
        }
        #expect(try await store.revocations(before: nil, limit: 10).records.count == 1)
        guard case .begun = try await store.beginRevocations([try job("c")]) else {
            Issue.record("an id was taken by what was refused")
            return
        }
    }

    @Test("they are read newest first, page by page")
    func pages() async throws {
        _ = try await store.beginRevocations(try (1...5).map { try job("\($0)") })
        var seen: [String] = []
        var before: Int64?
        for expected in [2, 2, 1] {
            let page = try await store.revocations(before: before, limit: 2)
            #expect(page.records.count == expected)
            seen += page.records.map { "\($0.job.id)" }
            before = page.next
        }
        #expect(before == nil)
        #expect(seen == ["5", "4", "3", "2", "1"])
    }
}
