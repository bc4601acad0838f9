import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing

@Suite("Opening files")
struct OpeningTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        conversation = try Conversation(on: tree)
    }

    @Test("Reading what is missing fails, and makes nothing")
    func missing() throws {
        #expect(
            try conversation.open("/new", .read)
                == .status(.noSuchFile, "No such file or directory")
        )
        #expect(try conversation.open("/new", .write).code == .noSuchFile)
        #expect(try conversation.open("/no/new", [.write, .create]).code == .noSuchFile)
        #expect(try conversation.open("/file/new", [.write, .create]).code == .noSuchFile)
        #expect(!tree.exists("new"))
    }

    @Test(
        "Content stays unless dropping it was asked for",
        arguments: [[.write], [.write, .create]] as [OpenFlags]
    )
    func keeping(flags: OpenFlags) throws {
        let handle = try conversation.handle("/file", flags)
        #expect(try conversation.close(handle).code == .ok)
        #expect(tree.text(of: "file") == "content")
    }

    @Test(
        "Content is dropped when asked for",
        arguments: [[.write, .truncate], [.write, .create, .truncate], .truncate] as [OpenFlags]
    )
    func truncating(flags: OpenFlags) throws {
        _ = try conversation.handle("/file", flags)
        #expect(tree.text(of: "file") == "")
    }

    @Test("Who may neither write nor create cannot tell from the answer what exists")
    func nothingTold() throws {
        let allowed = try Conversation(on: tree, rights: FileRights([.sftp, .update]))
        #expect(try allowed.open("/file", [.write, .create]).handle != nil)
        let powerless = try Conversation(on: tree, rights: FileRights([.sftp]))
        let answers = try ["/file", "/missing", "/no/where"].map {
            try powerless.open($0, [.write, .create])
        }
        #expect(
            answers.allSatisfy {
                $0
                    == .status(
                        .permissionDenied,
                        "Permission denied: file.create is required"
                    )
            }
        )
        #expect(!tree.exists("missing"))
    }

    @Test("With EXCL a name that is taken is refused, whatever takes it")
    func exclusive() throws {
        try tree.makeDirectory("directory")
        try tree.link("link", to: "nothing")
        let flags: OpenFlags = [.write, .create, .exclusive, .truncate]
        for name in ["/file", "/directory", "/link"] {
            #expect(try conversation.open(name, flags) == .status(.failure, "File exists"))
        }
        #expect(tree.text(of: "file") == "content")
        #expect(!tree.exists("nothing"))
        #expect(try conversation.open("/new", flags).handle != nil)
        #expect(tree.text(of: "new") == "")
    }

    @Test(
        "An upload is resumed where it stopped, as OpenSSH, WinSCP and others do",
        arguments: [[.write], [.write, .create], [.read, .write]] as [OpenFlags]
    )
    func resuming(flags: OpenFlags) throws {
        let handle = try conversation.handle("/file", flags)
        #expect(try conversation.write(handle, " and more", at: 7).code == .ok)
        #expect(tree.text(of: "file") == "content and more")
    }

    @Test("Appending goes to the end, wherever that is and whatever offset is given")
    func appending() throws {
        let handle = try conversation.handle("/file", [.write, .create, .append])
        #expect(try conversation.write(handle, "+1", at: 0).code == .ok)
        try tree.write("replaced by another", to: "file")
        #expect(try conversation.write(handle, "+2", at: 1 << 40).code == .ok)
        #expect(tree.text(of: "file") == "replaced by another+2")
    }

    @Test("A new file has the mode asked for, less the mask and the bits above the permissions")
    func modes() throws {
        #expect(try conversation.open("/a", [.write, .create], mode: 0o600).handle != nil)
        #expect(tree.mode(of: "a") == 0o600)
        #expect(try conversation.open("/b", [.write, .create], mode: 0o107_755).handle != nil)
        let execute = try #require(tree.mode(of: "b"))
        #expect(execute & ~0o777 == 0)
        #expect(execute & 0o700 == 0o700)
        #expect(try conversation.open("/c", [.write, .create]).handle != nil)
        #expect(try #require(tree.mode(of: "c")) & 0o711 == 0o600)
    }

    @Test("A file whose mode forbids writing can still be filled by who makes it")
    func readOnlyFromBirth() throws {
        let handle = try #require(
            try conversation.open("/a", [.write, .create], mode: 0o444).handle
        )
        #expect(try conversation.write(handle, "text").code == .ok)
        #expect(tree.text(of: "a") == "text")
    }

    @Test(
        "A directory is not opened as a file",
        arguments: [.read, .write, [.write, .create]] as [OpenFlags]
    )
    func directories(flags: OpenFlags) throws {
        try tree.makeDirectory("directory")
        for path in ["/directory", "/", "..", ""] {
            #expect(try conversation.open(path, flags) == .status(.failure, "Is a directory"))
        }
    }

    @Test(
        "A FIFO is refused at once",
        .timeLimit(.minutes(1)),
        arguments: [.read, .write, [.write, .create], [.write, .truncate]] as [OpenFlags]
    )
    func fifo(flags: OpenFlags) throws {
        #expect(tree.makeFIFO("fifo") == 0)
        #expect(
            try conversation.open("/fifo", flags) == .status(.failure, "Not a regular file")
        )
    }

    @Test("A link that leads to nothing is not written through")
    func danglingLink() throws {
        try tree.link("link", to: "nothing")
        #expect(
            try conversation.open("/link", [.write, .create])
                == .status(.noSuchFile, "The symbolic link leads to nothing")
        )
        #expect(!tree.exists("nothing"))
    }

    @Test("A handle stays with its file when the name goes elsewhere")
    func renamedMeanwhile() throws {
        let handle = try conversation.handle("/file", [.read, .write])
        #expect(try conversation.rename("/file", to: "/other").code == .ok)
        try tree.write("imposter", to: "file")
        #expect(try conversation.write(handle, "CON").code == .ok)
        #expect(
            try conversation.setFileStatus(handle, Attributes(permissions: 0o611)).code == .ok
        )
        #expect(tree.text(of: "other") == "CONtent")
        #expect(tree.mode(of: "other") == 0o611)
        #expect(tree.text(of: "file") == "imposter")
    }

    @Test("A file that comes and goes is opened or not, never left half done")
    func racing() throws {
        let tree = tree
        let rival = Rival {
            tree.move("file", to: "aside")
            tree.move("aside", to: "file")
        }
        defer { rival.stop() }
        for _ in 0..<1000 {
            let reply = try conversation.open("/file", [.write, .create])
            if let handle = reply.handle {
                #expect(try conversation.close(handle).code == .ok)
            } else {
                #expect(reply.code == .failure)
            }
        }
    }

    @Test("Descriptors are given back on close and at the end")
    func descriptors() throws {
        let before = try tree.openDescriptors
        var handles: [[UInt8]] = []
        for _ in 0..<30 { handles.append(try conversation.handle("/file", .read)) }
        for _ in 0..<30 { handles.append(try #require(try conversation.openDirectory("/").handle)) }
        #expect(try tree.openDescriptors == before + 60)
        for handle in handles.prefix(35) { #expect(try conversation.close(handle).code == .ok) }
        #expect(try tree.openDescriptors == before + 25)
        conversation.closeAll()
        #expect(try tree.openDescriptors == before)
        // Nothing else keeps one either.
        _ = try conversation.list("/")
        _ = try conversation.stat("/file")
        _ = try conversation.open("/missing/file", [.write, .create])
        _ = try conversation.setStatus("/file", Attributes(size: 0, permissions: 0o600))
        #expect(try tree.openDescriptors == before)
    }
}
