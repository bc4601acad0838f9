import FileTestSupport
import LinuxSystem
import ServerFiles
import Testing

@Suite("Listing directories")
struct DirectoryListingTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
    }

    private func entries(_ name: String) throws -> [String: FileMetadata] {
        let root = try tree.serverRoot()
        var listing = try root.openDirectory(try path(name))
        var entries: [String: FileMetadata] = [:]
        while let entry = try listing.next() {
            let name = String(decoding: entry.name, as: UTF8.self)
            #expect(entries.updateValue(entry.metadata, forKey: name) == nil)
        }
        #expect(try listing.next() == nil)
        return entries
    }

    @Test("Every kind of entry is listed as what it is, links unfollowed")
    func kinds() throws {
        try tree.write("12345", to: "file")
        try tree.makeDirectory("directory")
        try tree.link("link", to: "../outside/secret")
        #expect(tree.makeFIFO("fifo") == 0)
        let entries = try entries("/")
        #expect(Set(entries.keys) == [".", "..", "file", "directory", "link", "fifo"])
        #expect(entries["file"]?.kind == .regular)
        #expect(entries["file"]?.size == 5)
        #expect(entries["directory"]?.kind == .directory)
        #expect(entries["link"]?.kind == .symbolicLink)
        #expect(entries["fifo"]?.kind == .special)
    }

    @Test("Above the root there is the root")
    func aboveTheRoot() throws {
        let entries = try entries("/")
        #expect(entries[".."]?.identity == entries["."]?.identity)
    }

    @Test("Above a directory is the one that holds it in the client's view")
    func aboveADirectory() throws {
        try tree.makeDirectory("a/b")
        try tree.link("link", to: "a/b")
        let root = try entries("/")["."]?.identity
        #expect(try entries("/a")[".."]?.identity == root)
        #expect(try entries("/a/b")[".."]?.identity == (try entries("/a")["."]?.identity))
        #expect(try entries("/link")[".."]?.identity == root)
    }

    @Test("Many entries, and the longest names, are all listed once")
    func many() throws {
        for index in 0..<1500 { try tree.write("", to: "f\(index)") }
        let longest = (0..<100).map { String(repeating: "x", count: 252) + "\(100 + $0)" }
        for name in longest { try tree.write("", to: name) }
        let names = Set(try entries("/").keys)
        #expect(names.count == 1602)
        #expect(names.isSuperset(of: longest))
    }

    @Test("What vanishes while it is listed is left out")
    func vanishing() throws {
        for index in 0..<50 { try tree.write("", to: "f\(index)") }
        let root = try tree.serverRoot()
        var listing = try root.openDirectory(.root)
        let first = try #require(try listing.next())
        for index in 0..<50 {
            try root.location(of: try path("f\(index)")).removeFile()
        }
        var names = [first.name]
        while let entry = try listing.next() { names.append(entry.name) }
        #expect(
            Set(names.map { String(decoding: $0, as: UTF8.self) }).isSubset(of: [
                ".", "..", String(decoding: first.name, as: UTF8.self),
            ])
        )
    }
}
