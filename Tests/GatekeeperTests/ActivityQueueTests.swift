import AccessControl
import Gatekeeper
import SubuserStore
import Testing
import WireFormat

@Suite("Activity on its way to the store")
struct ActivityQueueTests {
    private func entry(
        _ file: String,
        _ event: ActivityEvent = .write,
        session: String? = "s1",
        at seconds: Int64 = 0,
        bytes: Int64? = nil,
        missing: String? = nil
    ) -> ActivityEntry {
        var properties: [String: JSONValue] = ["files": .texts([file])]
        if let bytes { properties["bytes"] = .number(bytes) }
        if let missing { properties["missing"] = .text(missing) }
        return ActivityEntry(
            time: Timestamp(milliseconds: seconds * 1000),
            event: event.rawValue,
            session: session,
            properties: properties
        )
    }

    private func waiting(_ queue: ActivityQueue) -> [ActivityEntry] {
        var queue = queue
        var entries: [ActivityEntry] = []
        while queue.count > 0 { entries += write(&queue, ids: Int64(entries.count) + 1).new }
        return entries
    }

    /// Writes everything, as a store would that gives out ids from `id` on.
    private func write(_ queue: inout ActivityQueue, ids first: Int64 = 1) -> ActivityQueue.Batch {
        let batch = queue.take(.max)
        queue.finish(batch, ids: (0..<Int64(batch.new.count)).map { first + $0 })
        return batch
    }

    @Test("the same done to many files within a minute is one entry with all of them")
    func folding() {
        var queue = ActivityQueue()
        queue.add(entry("/a", at: 10, bytes: 5))
        queue.add(entry("/b", at: 70, bytes: 7))
        queue.add(entry("/c", at: 9, bytes: 1))
        queue.add(entry("/a", at: 11, bytes: 100))
        #expect(
            waiting(queue) == [
                ActivityEntry(
                    time: Timestamp(milliseconds: 9000),
                    event: "server:sftp.write",
                    session: "s1",
                    properties: ["files": .texts(["/a", "/b", "/c"]), "bytes": 113]
                )
            ]
        )
    }

    @Test("a minute counts from the first; what comes later begins another entry")
    func minute() {
        var queue = ActivityQueue()
        for seconds in [0, 59, 60, 61, 62] as [Int64] {
            queue.add(entry("/\(seconds)", at: seconds))
        }
        let files = waiting(queue).map { $0.properties["files"] }
        #expect(files == [.texts(["/0", "/59", "/60"]), .texts(["/61", "/62"])])
    }

    @Test("a clock that is set back begins another entry as well")
    func clock() {
        var queue = ActivityQueue()
        queue.add(entry("/a", at: 5000))
        queue.add(entry("/b", at: 0))
        #expect(waiting(queue).count == 2)
        queue.add(entry("/c", at: .min / 1000))
        queue.add(entry("/d", at: .max / 1000))
        #expect(waiting(queue).count == 4)
    }

    @Test("sessions, events and missing rights are kept apart")
    func apart() {
        var queue = ActivityQueue()
        let entries = [
            entry("/a"), entry("/a", session: "s2"), entry("/a", .create),
            entry("/a", .denied, missing: "file.create"),
            entry("/a", .denied, missing: "file.delete"),
        ]
        for _ in 0..<3 { for entry in entries { queue.add(entry) } }
        #expect(waiting(queue) == entries)
    }

    @Test("what names two paths, or belongs to no session, stands alone")
    func alone() {
        var queue = ActivityQueue()
        var rename = entry("/a", .rename)
        rename.properties = ["from": "/a", "to": "/b"]
        for entry in [rename, rename, entry("/a", session: nil), entry("/a", session: nil)] {
            queue.add(entry)
        }
        #expect(waiting(queue).count == 4)
        _ = write(&queue)
        #expect(queue.heldCount == 0)
    }

    @Test("an entry tells of 500 files at most, and of 64 KiB of paths")
    func bounds() {
        var queue = ActivityQueue()
        for number in 0..<501 { queue.add(entry("/\(number)")) }
        let counts = waiting(queue).map { entry -> Int in
            guard case .list(let files)? = entry.properties["files"] else { return 0 }
            return files.count
        }
        #expect(counts == [500, 1])
        var long = ActivityQueue()
        let name = String(repeating: "x", count: 4094)
        for number in 0..<16 { long.add(entry("/" + String(number, radix: 16) + name)) }
        #expect(waiting(long).count == 1)
        long.add(entry("/g" + name))
        #expect(waiting(long).count == 2)
    }

    @Test(
        "what an entry has no room for goes on in others that name the first, until the minute ends"
    )
    func series() {
        for isWrittenBetween in [true, false] {
            var queue = ActivityQueue()
            var written: [ActivityEntry] = []
            var ids: [Int64] = []
            func flush() {
                var rounds = 0
                while queue.count > 0, rounds < 10 {
                    let batch = write(&queue, ids: Int64(written.count) + 100)
                    ids += batch.new.indices.map { Int64(written.count + $0) + 100 }
                    written += batch.new
                    for record in batch.changed { written[Int(record.id) - 100] = record.entry }
                    rounds += 1
                }
                #expect(queue.count == 0)
            }
            queue.add(entry("/other", .create))
            for number in 0..<1700 {
                queue.add(entry("/\(number)", at: Int64(number / 100), bytes: 1))
                if isWrittenBetween, number.isMultiple(of: 70) { flush() }
            }
            queue.add(entry("/late", at: 61, bytes: 1))
            flush()
            let uploads = zip(ids, written).filter { $0.1.event == "server:sftp.write" }
            let counts = uploads.map { _, entry -> Int in
                if case .list(let files)? = entry.properties["files"] { files.count } else { 0 }
            }
            #expect(counts == [500, 500, 500, 200, 1])
            let first = JSONValue.number(uploads.first?.0 ?? 0)
            #expect(
                uploads.map { $0.1.properties["continues"] } == [nil, first, first, first, nil]
            )
            let series = uploads.dropLast().flatMap { _, entry -> [JSONValue] in
                if case .list(let files)? = entry.properties["files"] { files } else { [] }
            }
            #expect(series == (0..<1700).map { .text("/\($0)") })
            #expect(uploads.map { $0.1.properties["bytes"] } == [500, 500, 500, 200, 1])
            #expect(written.count == 6)
            #expect(queue.heldCount == 2)
            queue.closeEntries(ofSession: "s1")
            #expect(queue.heldCount == 0)
        }
    }

    @Test("an entry whose series could not be written yet comes after its first one")
    func seriesPutBack() {
        var queue = ActivityQueue()
        for number in 0..<501 { queue.add(entry("/\(number)")) }
        let failed = queue.take(.max)
        #expect(failed.new.count == 1)
        queue.add(entry("/x"))
        queue.putBack(failed)
        let first = queue.take(.max)
        #expect(first.new.map { $0.properties["continues"] } == [nil])
        // Nothing else can be taken while the first is being written.
        #expect(queue.take(.max).count == 0)
        queue.finish(first, ids: [7])
        let second = queue.take(.max)
        #expect(
            second.new.map(\.properties) == [["files": .texts(["/500", "/x"]), "continues": 7]]
        )
    }

    @Test("what grows after it was written is written again, under its id")
    func growth() {
        var queue = ActivityQueue()
        queue.add(entry("/a", bytes: 1))
        #expect(write(&queue, ids: 7).new.count == 1)
        #expect(queue.count == 0)
        queue.add(entry("/b", bytes: 2))
        queue.add(entry("/c", bytes: 3))
        let batch = write(&queue)
        #expect(batch.new.isEmpty)
        #expect(batch.changed.map(\.id) == [7])
        #expect(
            batch.changed.map(\.entry.properties) == [
                ["files": .texts(["/a", "/b", "/c"]), "bytes": 6]
            ]
        )
    }

    @Test("what comes while an entry is being written is not lost, and not written twice")
    func meanwhile() {
        var queue = ActivityQueue()
        queue.add(entry("/a"))
        let first = queue.take(.max)
        queue.add(entry("/b"))
        queue.finish(first, ids: [7])
        let second = queue.take(.max)
        #expect(first.new.count == 1)
        #expect(second.new.isEmpty)
        #expect(second.changed.map(\.entry.properties) == [["files": .texts(["/a", "/b"])]])
        queue.finish(second, ids: [])
        #expect(queue.count == 0)
    }

    @Test("what could not be written comes first again, with what it has taken in since")
    func puttingBack() {
        var queue = ActivityQueue()
        queue.add(entry("/a"))
        queue.add(entry("/x", .delete))
        let batch = queue.take(1)
        queue.add(entry("/b"))
        queue.add(entry("/c", .create))
        queue.putBack(batch)
        #expect(queue.count == 3)
        #expect(
            waiting(queue).map { $0.properties["files"] } == [
                .texts(["/a", "/b"]), .texts(["/x"]), .texts(["/c"]),
            ]
        )
    }

    @Test("a session that has ended, and a minute that is over, leave nothing in memory")
    func closing() {
        for isSession in [true, false] {
            var queue = ActivityQueue()
            queue.add(entry("/a"))
            queue.add(entry("/a", .create, session: "s2"))
            _ = write(&queue)
            #expect(queue.heldCount == 2)
            if isSession {
                queue.closeEntries(ofSession: "s1")
                #expect(queue.heldCount == 1)
                queue.closeEntries(ofSession: "s2")
            } else {
                queue.closeEntries(at: Timestamp(milliseconds: 60_000))
                #expect(queue.heldCount == 2)
                queue.closeEntries(at: Timestamp(milliseconds: 60_001))
            }
            #expect(queue.heldCount == 0)
            queue.add(entry("/b"))
            #expect(waiting(queue).map { $0.properties["files"] } == [.texts(["/b"])])
        }
    }

    @Test("what is closed before it is written is written all the same")
    func closedUnwritten() {
        var queue = ActivityQueue()
        queue.add(entry("/a"))
        queue.closeEntries(ofSession: "s1")
        queue.add(entry("/b"))
        let batch = queue.take(1)
        queue.closeEntries(ofSession: "s1")
        queue.finish(batch, ids: [1])
        #expect(write(&queue).new.map { $0.properties["files"] } == [.texts(["/b"])])
        #expect(queue.heldCount == 0)
    }

    @Test("there is room for so much; open entries make room first, then entries are counted out")
    func capacity() {
        var queue = ActivityQueue(capacity: 20_000)
        for number in 0..<8 { queue.add(entry("/a", session: "\(number)")) }
        _ = write(&queue)
        #expect(queue.heldCount == 8)
        for number in 8..<24 { queue.add(entry("/a", session: "\(number)")) }
        #expect(queue.dropped == 0)
        #expect(queue.count == 16)
        for number in 24..<40 { queue.add(entry("/a", session: "\(number)")) }
        #expect(queue.dropped == 40 - 24 - (queue.count - 16))
        #expect(queue.dropped > 10)
        _ = write(&queue)
        #expect(queue.heldCount == 0 || queue.count == 0)
        let dropped = queue.dropped
        queue.add(entry("/a", session: "last"))
        #expect(queue.dropped == dropped && queue.count == 1)
    }

    @Test("finished transfers are counted, reading and writing apart")
    func transfers() {
        var tally = TransferTally()
        tally.count(FileActivity(operation: .readContent, path: "/a", byteCount: 1))
        tally.count(FileActivity(operation: .writeContent, path: "/a", byteCount: 1))
        tally.count(FileActivity(operation: .writeContent, path: "/b", byteCount: 1))
        tally.count(FileActivity(operation: .createFile, path: "/b"))
        tally.count(FileActivity(operation: .removeFile, path: "/b"))
        tally.count(
            FileActivity(operation: .writeContent, path: "/c", outcome: .denied(.update))
        )
        #expect(tally.filesRead == 1)
        #expect(tally.filesWritten == 2)
    }
}
