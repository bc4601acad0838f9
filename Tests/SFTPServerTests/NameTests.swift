import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("Names")
struct NameTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.write("other", to: "other")
        try tree.makeDirectory("directory")
        conversation = try Conversation(on: tree)
    }

    struct RealPath: CustomTestStringConvertible, Sendable {
        let given: String
        let answer: String
        var testDescription: String { given }
    }

    @Test(
        "REALPATH answers from the text, whatever exists",
        arguments: [
            RealPath(given: "", answer: "/"), RealPath(given: ".", answer: "/"),
            RealPath(given: "/missing/below/../x", answer: "/missing/x"),
            RealPath(given: "../../etc", answer: "/etc"),
            RealPath(given: "file/", answer: "/file"),
            RealPath(given: "/link/..", answer: "/"),
        ]
    )
    func realPath(vector: RealPath) throws {
        try tree.link("link", to: "directory")
        let reply = try conversation.realPath(vector.given)
        #expect(
            reply
                == .names([
                    Reply.Name(
                        name: vector.answer,
                        longName: vector.answer,
                        attributes: Attributes()
                    )
                ])
        )
    }

    @Test("REALPATH needs no right and tells nothing about the disk")
    func realPathWithoutRights() throws {
        let conversation = try Conversation(on: tree, rights: [])
        #expect(try conversation.realPath("file").name == "/file")
        #expect(try conversation.realPath("missing").name == "/missing")
    }

    @Test("RENAME never overwrites")
    func renaming() throws {
        #expect(
            try conversation.rename("/file", to: "/other") == .status(.failure, "File exists")
        )
        #expect(try conversation.rename("/file", to: "/directory").text == "File exists")
        #expect(tree.text(of: "other") == "other")
        #expect(try conversation.rename("/file", to: "directory/moved").code == .ok)
        #expect(tree.text(of: "directory/moved") == "content")
        #expect(try conversation.rename("/missing", to: "/x").code == .noSuchFile)
        #expect(try conversation.rename("/directory", to: "/directory/x").code == .failure)
        #expect(try conversation.rename("/", to: "/x").code == .failure)
    }

    @Test("posix-rename overwrites a file, not a directory that has something in it")
    func replacing() throws {
        try tree.makeDirectory("full/inner")
        #expect(try conversation.replace("/file", with: "/other").code == .ok)
        #expect(tree.text(of: "other") == "content")
        #expect(!tree.exists("file"))
        #expect(try conversation.replace("/other", with: "/full").text == "Is a directory")
        #expect(try conversation.replace("/directory", with: "/full").text == "Directory not empty")
        #expect(tree.isDirectory("full/inner"))
    }

    @Test("REMOVE takes files and links, the link itself, and no directory")
    func removing() throws {
        try tree.link("link", to: "file")
        try tree.link("directory-link", to: "directory")
        #expect(tree.makeFIFO("fifo") == 0)
        for name in ["/link", "/directory-link", "/fifo"] {
            #expect(try conversation.remove(name).code == .ok)
            #expect(!tree.exists(String(name.dropFirst())))
        }
        #expect(tree.text(of: "file") == "content")
        #expect(try conversation.remove("/directory") == .status(.failure, "Is a directory"))
        #expect(tree.isDirectory("directory"))
        #expect(try conversation.remove("/file").code == .ok)
        #expect(try conversation.remove("/file").code == .noSuchFile)
    }

    @Test("READLINK shows a text that stays inside and no other")
    func readLink() throws {
        try tree.link("inside", to: "directory/../file")
        try tree.link("directory/up", to: "../file")
        try tree.link("outside", to: "../outside/secret")
        try tree.link("absolute", to: "OUTSIDE/secret")
        #expect(try conversation.readLink("/inside").name == "directory/../file")
        #expect(try conversation.readLink("/directory/up").name == "../file")
        for name in ["/outside", "/absolute"] {
            #expect(
                try conversation.readLink(name)
                    == .status(
                        .permissionDenied,
                        "Permission denied: the link leads outside this server"
                    )
            )
        }
        #expect(try conversation.readLink("/file").code == .failure)
        #expect(try conversation.readLink("/").code == .failure)
    }

    @Test("SYMLINK stores what stays inside; an absolute target is one of this server")
    func symbolicLink() throws {
        try tree.makeDirectory("directory/deep")
        #expect(try conversation.symbolicLink("file", "/one").code == .ok)
        #expect(tree.target(of: "one") == "file")
        #expect(try conversation.symbolicLink("/file", "/directory/deep/two").code == .ok)
        #expect(tree.target(of: "directory/deep/two") == "../../file")
        #expect(try conversation.stat("/directory/deep/two").attributes?.size == 7)
        #expect(try conversation.symbolicLink("not/yet/there", "/three").code == .ok)
        #expect(try conversation.symbolicLink("file", "/one").text == "File exists")
        for target in ["../outside/secret", "..", "directory/../../outside", "../../../etc/passwd"]
        {
            #expect(try conversation.symbolicLink(target, "/escape").code == .permissionDenied)
        }
        #expect(try conversation.symbolicLink("", "/escape").code == .noSuchFile)
        #expect(!tree.exists("escape"))
        // Beneath the root an absolute path cannot lead out.
        #expect(try conversation.symbolicLink("/etc/passwd", "/inside").code == .ok)
        #expect(tree.target(of: "inside") == "etc/passwd")
    }

    @Test("A link whose target climbs is not made in a directory reached through a link")
    func symbolicLinkThroughLink() throws {
        try tree.makeDirectory("a/b")
        try tree.link("a/b/top", to: "../..")
        // Seen from /a/b/top the target stays inside; from where that leads, it would not.
        #expect(
            try conversation.symbolicLink("../../x", "/a/b/top/escape").code == .permissionDenied
        )
        #expect(!tree.exists("escape"))
        #expect(try conversation.symbolicLink("file", "/a/b/top/straight").code == .ok)
        #expect(tree.target(of: "straight") == "file")
    }

    struct Client: CustomTestStringConvertible, Sendable {
        let version: String
        let sendsLinkFirst: Bool
        var testDescription: String { version }
    }

    @Test(
        "The order of SYMLINK's paths follows the client",
        arguments: [
            Client(version: "SSH-2.0-OpenSSH_9.2p1", sendsLinkFirst: false),
            Client(version: "SSH-2.0-paramiko_3.4.0", sendsLinkFirst: false),
            Client(version: "SSH-2.0-JSCH_0.2.17", sendsLinkFirst: false),
            Client(version: "SSH-2.0-Go", sendsLinkFirst: false),
            Client(version: "", sendsLinkFirst: false),
            Client(version: "SSH-2.0-SSHJ_0.38.0", sendsLinkFirst: true),
            Client(version: "SSH-2.0-WinSCP_release_6.3.3", sendsLinkFirst: true),
            Client(version: "SSH-2.0-ssh2js1.15.0", sendsLinkFirst: true),
            Client(version: "SSH-2.0-AsyncSSH_2.14.2", sendsLinkFirst: true),
            Client(version: "WinSCP_release_6.3.3", sendsLinkFirst: true),
            Client(version: "SSH-2.0-NotWinSCP", sendsLinkFirst: false),
        ]
    )
    func symbolicLinkOrder(client: Client) throws {
        let conversation = try Conversation(
            on: tree,
            clientVersion: ByteString(client.version)
        )
        let paths = client.sendsLinkFirst ? ("/made", "file") : ("file", "/made")
        #expect(try conversation.symbolicLink(paths.0, paths.1).code == .ok)
        #expect(tree.target(of: "made") == "file")
    }

    @Test("A name may hold any bytes but zero and the slash")
    func bytes() throws {
        let name: [UInt8] = [0xFF, 0x0A, 0x1B, 0x5B, 0x80, 0x20]
        let reply = try conversation.request(14) {
            $0.string(name)
            $0.uint32(0)
        }
        #expect(reply.code == .ok)
        #expect(try conversation.request(17) { $0.string(name) }.attributes != nil)
        #expect(try conversation.request(15) { $0.string(name) }.code == .ok)
    }
}
