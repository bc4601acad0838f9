import FileTestSupport
import SFTPProtocol
import Testing

/// The same tricks as below the server, through its requests: nothing outside is seen or changed.
@Suite("Escapes over the wire")
struct EscapeTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.makeDirectory("directory")
        try tree.link("directory/out", to: "../../outside")
        try tree.link("out", to: "../outside")
        try tree.link("secret", to: "../outside/secret")
        try tree.link("absolute", to: "OUTSIDE")
        try tree.link("magic", to: "/proc/self/rootOUTSIDE")
        try tree.link("chain", to: "directory/out")
        conversation = try Conversation(on: tree)
    }

    /// Every request that takes a path, on `path`.
    private func everything(_ path: String) throws -> [Reply] {
        [
            try conversation.open(path, .read),
            try conversation.open(path, .write),
            try conversation.open(path, [.write, .create]),
            try conversation.open(path, [.write, .create, .truncate]),
            try conversation.open(path, [.write, .create, .exclusive]),
            try conversation.stat(path),
            try conversation.linkStatus(path),
            try conversation.setStatus(path, Attributes(size: 0, permissions: 0o777)),
            try conversation.openDirectory(path),
            try conversation.remove(path),
            try conversation.makeDirectory(path),
            try conversation.removeDirectory(path),
            try conversation.rename(path, to: "/stolen"),
            try conversation.rename("/directory", to: path),
            try conversation.replace(path, with: "/stolen"),
            try conversation.replace("/directory", with: path),
            try conversation.readLink(path),
            try conversation.symbolicLink("directory", path),
            try conversation.fileSystemStatus(path),
            try conversation.makeHardLink(path, at: "/stolen"),
            try conversation.setLinkStatus(path, Attributes(permissions: 0o777)),
            try conversation.checkFile(path, "md5"),
        ]
    }

    @Test(
        "No request passes a link that leads out",
        arguments: [
            "/out/secret", "/out/new", "/directory/out/secret", "/chain/secret", "/chain/new/er",
            "/absolute/secret", "/out/../outside/../out/secret", "/magic/secret", "/absolute/new",
            "out/./secret", "//out//secret",
        ]
    )
    func throughLinks(path: String) throws {
        for reply in try everything(path) {
            #expect(
                reply
                    == .status(
                        .permissionDenied,
                        "Permission denied: the path leads outside this server"
                    )
            )
        }
        #expect(tree.secretText == TemporaryTree.secret)
        #expect(try tree.outsideNames == ["secret"])
        #expect(!tree.exists("stolen"))
        #expect(tree.isDirectory("directory"))
    }

    @Test(
        "However many names lead up, the root is the top",
        arguments: [
            "../outside/secret", "/../outside/secret", "directory/../../outside/secret",
            "/./directory/.././../outside/secret", "..//..//outside/secret",
        ]
    )
    func upwards(path: String) throws {
        for reply in try everything(path) { #expect(reply.code == .noSuchFile) }
        // In the server's own view the same path is a path like any other.
        try tree.makeDirectory("outside")
        try tree.write("inside", to: "outside/secret")
        let handle = try conversation.handle(path, .read)
        #expect(try conversation.read(handle).content == "inside")
        #expect(tree.secretText == TemporaryTree.secret)
    }

    @Test("A link that leads out is refused as a whole, and removed as a name")
    func lastName() throws {
        let denied = Reply.status(
            .permissionDenied,
            "Permission denied: the path leads outside this server"
        )
        #expect(try conversation.open("/secret", .read) == denied)
        #expect(try conversation.open("/secret", [.write, .create, .truncate]) == denied)
        #expect(try conversation.stat("/secret") == denied)
        #expect(try conversation.setStatus("/secret", Attributes(permissions: 0)) == denied)
        #expect(try conversation.openDirectory("/out") == denied)
        #expect(try conversation.linkStatus("/secret").attributes != nil)
        #expect(try conversation.remove("/secret").code == .ok)
        #expect(tree.secretText == TemporaryTree.secret)
    }

    @Test(
        "No text of a refusal names a path of the host",
        arguments: ["/out/x", "/missing/x", "/directory/x/y"]
    )
    func texts(path: String) throws {
        for reply in try everything(path) {
            let text = try #require(reply.text)
            #expect(!text.contains("/"))
            #expect(!text.contains("outside/"))
        }
    }

    @Test(
        "A link swapped for a file while it is opened and written never leads out",
        .timeLimit(.minutes(1))
    )
    func racing() throws {
        try tree.write("inside", to: "target")
        let tree = tree
        let rival = Rival {
            tree.move("target", to: "aside")
            tree.move("secret", to: "target")
            tree.move("target", to: "secret")
            tree.move("aside", to: "target")
        }
        defer { rival.stop() }
        var written = 0
        for _ in 0..<3000 {
            let reply = try conversation.open("/target", [.write, .truncate])
            guard let handle = reply.handle else { continue }
            #expect(try conversation.write(handle, "over").code == .ok)
            _ = try conversation.setStatus("/target", Attributes(size: 1, permissions: 0o600))
            #expect(try conversation.close(handle).code == .ok)
            written += 1
        }
        #expect(written > 0)
        #expect(tree.secretText == TemporaryTree.secret)
    }
}
