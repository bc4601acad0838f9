import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("Directories")
struct DirectoryTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        conversation = try Conversation(on: tree)
    }

    @Test("Five thousand entries are listed completely, in replies of bounded length")
    func large() throws {
        let names = (0..<5000).map { "entry-with-a-name-of-some-length-\($0)" }
        for name in names { try tree.write("", to: name) }
        let handle = try #require(try conversation.openDirectory("/").handle)
        var seen: [String] = []
        var count = 0
        while true {
            let bytes = try conversation.exchange(Conversation.packet(12, 1) { $0.string(handle) })
            #expect(bytes.count < 34_000)
            let replies = try Conversation.replies(to: [1], in: bytes)
            guard case .names(let batch) = replies.first else { break }
            seen += batch.map(\.name)
            count += 1
        }
        #expect(Set(seen) == Set(names + [".", ".."]))
        #expect(seen.count == 5002)
        // Full replies: no more of them than the bytes need.
        #expect(count < 40)
        for _ in 0..<3 { #expect(try conversation.readDirectory(handle).code == .endOfFile) }
    }

    @Test("The longest names fill replies that are still bounded")
    func longNames() throws {
        for index in 0..<200 {
            try tree.write("", to: String(repeating: "n", count: 252) + "\(100 + index)")
        }
        let handle = try #require(try conversation.openDirectory("/").handle)
        var count = 0
        while true {
            let bytes = try conversation.exchange(Conversation.packet(12, 1) { $0.string(handle) })
            #expect(bytes.count < 34_000)
            let replies = try Conversation.replies(to: [1], in: bytes)
            guard case .names(let batch) = replies.first else { break }
            count += batch.count
        }
        #expect(count == 202)
    }

    @Test("Entries carry their type, a link its own")
    func types() throws {
        try tree.write("12345", to: "file")
        try tree.makeDirectory("directory")
        try tree.link("link", to: "../outside/secret")
        let names = try conversation.list("/")
        func type(_ name: String) -> UInt32? {
            names.first { $0.name == name }?.attributes.permissions.map { $0 & 0o170000 }
        }
        #expect(type("file") == 0o100000)
        #expect(type("directory") == 0o040000)
        #expect(type("link") == 0o120000)
        #expect(type(".") == 0o040000)
        #expect(type("..") == 0o040000)
        #expect(names.first { $0.name == "file" }?.attributes.size == 5)
    }

    @Test("What is no directory cannot be listed")
    func notDirectories() throws {
        try tree.write("", to: "file")
        #expect(
            try conversation.openDirectory("/file") == .status(.noSuchFile, "Not a directory")
        )
        #expect(try conversation.openDirectory("/missing").code == .noSuchFile)
    }

    @Test("A directory is made once, with the mode asked for and without special bits")
    func making() throws {
        #expect(try conversation.makeDirectory("/made", mode: 0o700).code == .ok)
        #expect(tree.mode(of: "made") == 0o700)
        #expect(try conversation.makeDirectory("/made") == .status(.failure, "File exists"))
        #expect(try conversation.makeDirectory("/special", mode: 0o47700).code == .ok)
        #expect(tree.mode(of: "special") == 0o700)
        #expect(try conversation.makeDirectory("/default").code == .ok)
        #expect(try #require(tree.mode(of: "default")) & 0o700 == 0o700)
        #expect(try conversation.makeDirectory("/a/b").code == .noSuchFile)
        for root in ["/", "", "..", "/made/../.."] {
            #expect(try conversation.makeDirectory(root) == .status(.failure, "File exists"))
        }
    }

    @Test("A directory just made can be listed and filled at once, however it is named")
    func recursiveUpload() throws {
        for path in ["up", "/up/one", "./up/one/two/", "up//one/two/./three"] {
            #expect(try conversation.makeDirectory(path).code == .ok)
            #expect(try conversation.list(path).map(\.name).sorted() == [".", ".."])
        }
        let handle = try conversation.handle("up/one/two/three/file", [.write, .create])
        #expect(try conversation.write(handle, "text").code == .ok)
        #expect(tree.text(of: "up/one/two/three/file") == "text")
    }

    @Test("Only an empty directory is removed")
    func removing() throws {
        try tree.makeDirectory("full/inner")
        try tree.write("", to: "file")
        #expect(
            try conversation.removeDirectory("/full") == .status(.failure, "Directory not empty")
        )
        #expect(try conversation.removeDirectory("/file").text == "Not a directory")
        #expect(try conversation.removeDirectory("/full/inner").code == .ok)
        #expect(try conversation.removeDirectory("/full").code == .ok)
        #expect(!tree.exists("full"))
        #expect(try conversation.removeDirectory("/").code == .failure)
        #expect(tree.exists("file"))
    }
}
