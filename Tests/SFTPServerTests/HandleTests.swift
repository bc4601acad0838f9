import FileTestSupport
import SFTPProtocol
import Testing

@Suite("Handles")
struct HandleTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.makeDirectory("directory")
    }

    @Test(
        "A handle that was never given is invalid, of whatever length",
        arguments: [[], [1], [1, 2, 3, 4, 5, 6, 7, 8], [UInt8](repeating: 1, count: 300)]
            as [[UInt8]]
    )
    func madeUp(handle: [UInt8]) throws {
        let conversation = try Conversation(on: tree)
        let replies = [
            try conversation.close(handle), try conversation.read(handle),
            try conversation.write(handle, "x"), try conversation.fileStatus(handle),
            try conversation.setFileStatus(handle, Attributes()),
            try conversation.readDirectory(handle), try conversation.synchronize(handle),
        ]
        for reply in replies { #expect(reply == .status(.failure, "Invalid handle")) }
    }

    @Test("A closed handle is invalid, and closing twice is an error")
    func stale() throws {
        let conversation = try Conversation(on: tree)
        let handle = try conversation.handle("/file", .read)
        #expect(try conversation.read(handle).content == "content")
        #expect(try conversation.close(handle).code == .ok)
        #expect(try conversation.read(handle).text == "Invalid handle")
        #expect(try conversation.close(handle).text == "Invalid handle")
    }

    @Test("A handle of the other kind is invalid")
    func otherKind() throws {
        let conversation = try Conversation(on: tree)
        let file = try conversation.handle("/file", .read)
        let directory = try #require(try conversation.openDirectory("/directory").handle)
        #expect(try conversation.readDirectory(file).text == "Invalid handle")
        #expect(try conversation.read(directory).text == "Invalid handle")
        #expect(try conversation.write(directory, "x").text == "Invalid handle")
        #expect(try conversation.fileStatus(directory).attributes?.permissions ?? 0 >= 0o40000)
    }

    @Test("A handle of another session means nothing")
    func otherSession() throws {
        let (one, other) = (try Conversation(on: tree), try Conversation(on: tree))
        let handle = try one.handle("/file", .read)
        _ = try other.handle("/file", .read)
        #expect(try other.read(handle).text == "Invalid handle")
        #expect(try one.read(handle).content == "content")
    }

    @Test("No handle comes twice")
    func neverReused() throws {
        let conversation = try Conversation(on: tree)
        var seen: Set<[UInt8]> = []
        for _ in 0..<500 {
            let handle = try conversation.handle("/file", .read)
            #expect(seen.insert(handle).inserted)
            #expect(handle.count == 8)
            #expect(try conversation.close(handle).code == .ok)
        }
    }

    @Test("More handles than the limit are refused with the number; a closed one makes room")
    func limit() throws {
        let conversation = try Conversation(on: tree, handleLimit: 3)
        let first = try conversation.handle("/file", .read)
        _ = try conversation.handle("/file", .read)
        _ = try #require(try conversation.openDirectory("/").handle)
        let refusal = Reply.status(.failure, "Too many open handles: the limit is 3")
        #expect(try conversation.open("/file", .read) == refusal)
        #expect(try conversation.openDirectory("/") == refusal)
        #expect(try conversation.open("/new", [.write, .create]) == refusal)
        #expect(!tree.exists("new"))
        #expect(try conversation.close(first).code == .ok)
        #expect(try conversation.open("/file", .read).handle != nil)
    }
}
