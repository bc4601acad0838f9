import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

/// What takes longer than a request may: copies and hashes, done a piece at a time.
@Suite("Work that takes long")
struct UndertakingTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("0123456789", to: "file")
        conversation = try Conversation(on: tree)
    }

    @Test("copy-data copies all, or from and to where it is told")
    func copying() throws {
        let source = try conversation.handle("/file", .read)
        let target = try conversation.handle("/copy", [.write, .create])
        #expect(try conversation.copyData(source, to: target).code == .ok)
        #expect(tree.text(of: "copy") == "0123456789")
        #expect(try conversation.copyData(source, from: 2, count: 3, to: target, at: 5).code == .ok)
        #expect(tree.text(of: "copy") == "0123423489")
        #expect(try conversation.copyData(source, from: 8, to: target, at: 12).code == .ok)
        #expect(tree.text(of: "copy") == "0123423489\u{0}\u{0}89")
    }

    @Test("A length that is not there is copied as far as it is, and said to have ended early")
    func copyingTooMuch() throws {
        let source = try conversation.handle("/file", .read)
        let target = try conversation.handle("/copy", [.write, .create])
        #expect(try conversation.copyData(source, from: 5, count: 6, to: target).code == .endOfFile)
        #expect(tree.text(of: "copy") == "56789")
        #expect(try conversation.copyData(source, from: 100, to: target, at: 5).code == .ok)
        #expect(
            try conversation.copyData(source, from: .max, count: 1, to: target).code == .endOfFile
        )
        #expect(tree.text(of: "copy") == "56789")
    }

    @Test("A target opened for appending grows at its end")
    func copyingToTheEnd() throws {
        try tree.write("abc", to: "log")
        let source = try conversation.handle("/file", .read)
        let target = try conversation.handle("/log", [.write, .append])
        #expect(try conversation.copyData(source, count: 2, to: target).code == .ok)
        #expect(tree.text(of: "log") == "abc01")
    }

    @Test("A file is not copied into itself, nor through handles that are not for it")
    func copyingRefused() throws {
        let both = try conversation.handle("/file", [.read, .write])
        let other = try conversation.handle("/file", .write)
        let sameFile = Reply.status(.failure, "Source and target are the same file")
        #expect(try conversation.copyData(both, to: both) == sameFile)
        #expect(try conversation.copyData(both, to: other, at: 100) == sameFile)
        let copy = try conversation.handle("/copy", [.write, .create])
        #expect(try conversation.copyData(copy, to: both).text?.contains("for reading") == true)
        let source = try conversation.handle("/file", .read)
        #expect(try conversation.copyData(both, to: source).text?.contains("for writing") == true)
        let directory = try #require(try conversation.openDirectory("/").handle)
        #expect(try conversation.copyData(directory, to: copy).text == "Invalid handle")
        #expect(try conversation.copyData(both, to: [1, 2, 3]).text == "Invalid handle")
        #expect(tree.text(of: "file") == "0123456789")
    }

    @Test("Copying takes the right to read the one and to write the other")
    func copyingRights() throws {
        try tree.write("other", to: "other")
        for (missing, name) in [(FileRight.readContent, "read-content"), (.update, "update")] {
            let rights = FileRights(FileRight.allCases.filter { $0 != missing })
            let person = try Conversation(on: tree, rights: rights)
            // Both handles are what this person can have.
            let source = try person.open("/file", missing == .update ? .read : [.read, .write])
            let target = try person.open("/other", missing == .update ? .read : [.read, .write])
            let reply = try person.copyData(source.handle ?? [], to: target.handle ?? [])
            #expect(reply.text == "Permission denied: file.\(name) is required")
        }
        #expect(tree.text(of: "other") == "other")
        // Who may create may copy into what they made.
        let creator = try Conversation(
            on: tree,
            rights: FileRights([.sftp, .create, .readContent])
        )
        let source = try creator.handle("/file", .read)
        let target = try creator.handle("/new", [.write, .create])
        #expect(try creator.copyData(source, to: target).code == .ok)
        #expect(tree.text(of: "new") == "0123456789")
    }

    @Test("Many short pieces of work take one round each, and not one round together")
    func manyPieces() throws {
        let source = try conversation.handle("/file", .read)
        let target = try conversation.handle("/copy", [.write, .create])
        var input = PacketBuffer()
        for id in 1...5 as ClosedRange<UInt32> {
            input.append(
                Conversation.packet(200, id) {
                    $0.text("copy-data")
                    $0.string(source)
                    $0.uint64(0)
                    $0.uint64(5)
                    $0.string(target)
                    $0.uint64(0)
                }.span
            )
        }
        var output = WireWriter()
        var rounds = 0
        while conversation.isBusy || input.hasCompletePacket {
            try conversation.answer(&input, into: &output, outputLimit: .max)
            rounds += 1
        }
        #expect(rounds >= 5)
        #expect(try Conversation.replies(to: 1...5, in: output.bytes).allSatisfy { $0.code == .ok })
    }

    @Test("A copy is told as a read of the source and a write of the target, when these close")
    func copyingIsTold() throws {
        let source = try conversation.handle("/file", .read)
        let target = try conversation.handle("/copy", [.write, .create])
        _ = try conversation.copyData(source, count: 7, to: target)
        _ = try conversation.close(source)
        _ = try conversation.close(target)
        let told = conversation.takeActivities()
        #expect(told.map(\.operation) == [.createFile, .readContent, .writeContent])
        #expect(told.dropFirst().allSatisfy { $0.byteCount == 7 })
    }

    @Test("A long copy is done in pieces; the next request is answered after it, and not before")
    func pieces() throws {
        let length: UInt64 = 20 << 20
        let source = try conversation.handle("/file", [.read, .write])
        #expect(try conversation.setFileStatus(source, Attributes(size: length)).code == .ok)
        let target = try conversation.handle("/copy", [.write, .create])
        var input = PacketBuffer()
        input.append(
            Conversation.packet(200, 1) {
                $0.text("copy-data")
                $0.string(source)
                $0.uint64(0)
                $0.uint64(0)
                $0.string(target)
                $0.uint64(0)
            }.span
        )
        input.append(Conversation.packet(16, 2) { $0.text("/") }.span)
        var output = WireWriter()
        var rounds = 0
        repeat {
            #expect(output.bytes.isEmpty)
            try conversation.answer(&input, into: &output, outputLimit: .max)
            rounds += 1
        } while conversation.isBusy
        // What comes behind it has its turn in the next round.
        #expect(input.hasCompletePacket)
        try conversation.answer(&input, into: &output, outputLimit: .max)
        #expect(rounds > 3)
        // Each piece but the last, which is told as the answer.
        #expect(conversation.meter.pieces > 3)
        let replies = try Conversation.replies(to: [1, 2], in: output.bytes)
        #expect(replies.map(\.code) == [.ok, nil])
        #expect(try conversation.stat("/copy").attributes?.size == length)
    }

    @Test("A copy under way ends with its channel")
    func interrupted() throws {
        let source = try conversation.handle("/file", [.read, .write])
        _ = try conversation.setFileStatus(source, Attributes(size: 100 << 20))
        let target = try conversation.handle("/copy", [.write, .create])
        var input = PacketBuffer()
        input.append(
            Conversation.packet(200, 1) {
                $0.text("copy-data")
                $0.string(source)
                $0.uint64(0)
                $0.uint64(0)
                $0.string(target)
                $0.uint64(0)
            }.span
        )
        var output = WireWriter()
        try conversation.answer(&input, into: &output, outputLimit: .max)
        #expect(conversation.isBusy)
        conversation.closeAll()
        #expect(!conversation.isBusy)
        #expect(output.bytes.isEmpty)
    }
}
