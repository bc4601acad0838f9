import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("Reading and writing")
struct ContentTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("0123456789", to: "file")
        conversation = try Conversation(on: tree)
    }

    @Test("A READ gives what is there, fewer bytes only at the end, then EOF")
    func reading() throws {
        let handle = try conversation.handle("/file", .read)
        #expect(try conversation.read(handle, at: 2, count: 3).content == "234")
        #expect(try conversation.read(handle, at: 8, count: 100).content == "89")
        #expect(try conversation.read(handle, at: 10).code == .endOfFile)
        #expect(try conversation.read(handle, at: 1 << 40).code == .endOfFile)
        #expect(try conversation.read(handle, at: .max).code == .endOfFile)
        #expect(try conversation.read(handle, at: UInt64(Int64.max)).code == .endOfFile)
        #expect(try conversation.read(handle, count: 0).content == "")
        #expect(try conversation.read(handle, count: .max).content == "0123456789")
        #expect(conversation.meter.contentRead == 15)
    }

    @Test("A READ gives as much as was asked for, up to the limit that is advertised")
    func fullLength() throws {
        try tree.write(String(repeating: "x", count: 600_000), to: "large")
        let handle = try conversation.handle("/large", .read)
        for (asked, given) in [
            (32_768, 32_768), (261_120, 261_120), (262_144, 261_120), (4_000_000, 261_120),
        ] as [(UInt32, Int)] {
            guard case .data(let data) = try conversation.read(handle, count: asked) else {
                Issue.record("no data")
                return
            }
            #expect(data.count == given)
        }
        #expect(try conversation.read(handle, at: 599_000, count: 32_768).content?.count == 1000)
    }

    @Test("A WRITE goes to its offset; what lies between is zero")
    func writing() throws {
        let handle = try conversation.handle("/new", [.write, .create])
        #expect(try conversation.write(handle, "end", at: 5).code == .ok)
        #expect(try conversation.write(handle, "start", at: 0).code == .ok)
        #expect(try conversation.write(handle, "", at: 100).code == .ok)
        #expect(tree.text(of: "new") == "startend")
        #expect(conversation.meter.contentWritten == 8)
    }

    @Test("The longest WRITE is taken whole")
    func longestWrite() throws {
        let handle = try conversation.handle("/new", [.write, .create])
        let content = String(repeating: "y", count: 261_120)
        #expect(try conversation.write(handle, content, at: 3).code == .ok)
        #expect(tree.text(of: "new")?.utf8.count == 261_123)
        #expect(try conversation.write(handle, content + "y").code == .badMessage)
    }

    @Test("Offsets beyond 4 GiB are offsets")
    func largeOffsets() throws {
        let handle = try conversation.handle("/sparse", [.read, .write, .create])
        let offset: UInt64 = 5 << 30
        #expect(try conversation.write(handle, "far", at: offset).code == .ok)
        #expect(try conversation.read(handle, at: offset).content == "far")
        #expect(try conversation.read(handle, at: offset - 2, count: 3).content == "\0\0f")
        #expect(try conversation.fileStatus(handle).attributes?.size == offset + 3)
    }

    @Test(
        "An offset that no file can have is refused",
        arguments: [.max, UInt64(Int64.max)] as [UInt64]
    )
    func impossibleOffsets(offset: UInt64) throws {
        let handle = try conversation.handle("/file", .write)
        #expect(
            try conversation.write(handle, "x", at: offset) == .status(.failure, "File too large")
        )
        #expect(tree.text(of: "file") == "0123456789")
    }

    @Test("A handle does only what it was opened for")
    func wrongDirection() throws {
        let reading = try conversation.handle("/file", .read)
        #expect(
            try conversation.write(reading, "x")
                == .status(.failure, "The handle is not open for writing")
        )
        let writing = try conversation.handle("/file", .write)
        #expect(
            try conversation.read(writing)
                == .status(.failure, "The handle is not open for reading")
        )
        #expect(tree.text(of: "file") == "0123456789")
    }

    @Test("Requests sent without waiting are answered in order, CLOSE after the WRITEs before it")
    func pipelined() throws {
        let handle = try conversation.handle("/new", [.write, .create])
        var bytes: [UInt8] = []
        for index in 0..<50 as Range<UInt32> {
            bytes += Conversation.packet(6, index) {
                $0.string(handle)
                $0.uint64(UInt64(index) * 2)
                $0.text("ab")
            }
        }
        bytes += Conversation.packet(4, 50) { $0.string(handle) }
        bytes += Conversation.packet(9, 51) {
            $0.text("/new")
            Attributes(permissions: 0o640).encode(into: &$0)
        }
        let replies = try Conversation.replies(to: 0..<52, in: try conversation.exchange(bytes))
        #expect(replies.allSatisfy { $0.code == .ok })
        #expect(tree.text(of: "new") == String(repeating: "ab", count: 50))
        #expect(tree.mode(of: "new") == 0o640)
    }

    @Test("fsync works on a handle, and not on a made-up one")
    func synchronize() throws {
        let handle = try conversation.handle("/file", .write)
        #expect(try conversation.synchronize(handle).code == .ok)
        #expect(try conversation.synchronize([0]).code == .failure)
    }
}
