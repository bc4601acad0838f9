import AccessControl
import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("Extensions, offered and done")
struct ExtensionTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.link("link", to: "file")
    }

    /// One request of an extension, complete and sensible, by somebody who has two files open.
    private func perform(
        _ known: ProtocolExtension,
        _ conversation: Conversation,
        source: [UInt8],
        target: [UInt8]
    ) throws -> Reply {
        switch known {
        case .posixRename: try conversation.replace("/file", with: "/renamed")
        case .fileSystemStatus: try conversation.fileSystemStatus("/")
        case .handleFileSystemStatus:
            try conversation.extended(known.rawValue) { $0.string(source) }
        case .hardLink: try conversation.makeHardLink("/file", at: "/second")
        case .synchronize: try conversation.synchronize(target)
        case .setLinkStatus:
            try conversation.setLinkStatus(
                "/link",
                Attributes(times: .init(access: 1, modification: 2))
            )
        case .limits: try conversation.extended(known.rawValue)
        case .expandPath: try conversation.extended(known.rawValue) { $0.text("~/x") }
        case .copyData: try conversation.copyData(source, to: target)
        case .homeDirectory: try conversation.extended(known.rawValue) { $0.text("") }
        case .usersAndGroups:
            try conversation.extended(known.rawValue) {
                $0.text("0000")
                $0.text("")
            }
        case .checkFile: try conversation.checkFile("/file", "md5")
        }
    }

    private func offered(_ rights: FileRights) throws -> [String] {
        try Conversation(on: tree, rights: rights, isInitialized: false)
            .initialize()
            .map { String($0.prefix { $0 != " " }) }
    }

    @Test("What is offered works, whatever rights a person holds, and nothing else does")
    func offeredWorks() throws {
        let all = FileRight.allCases.filter { $0 != .sftp && $0 != .archive }
        for number in 0..<(1 << all.count) {
            let held = all.indices.filter { number & 1 << $0 != 0 }.map { all[$0] }
            let rights = FileRights([.sftp] + held)
            let names = try offered(rights)
            for known in ProtocolExtension.allCases {
                let reply = try attempt(known, rights)
                if names.contains(known.rawValue) {
                    #expect(reply.code == nil || reply.code == .ok, "\(known) with \(rights)")
                } else {
                    #expect(reply.code == .permissionDenied, "\(known) with \(rights)")
                }
            }
        }
    }

    /// Performs it in a fresh tree, on handles that a person with every right was given, where this
    /// one can get none that do.
    private func attempt(_ known: ProtocolExtension, _ rights: FileRights) throws -> Reply {
        let tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.write("other", to: "other")
        try tree.link("link", to: "file")
        let conversation = try Conversation(on: tree, rights: rights)
        let source = try conversation.open("/file", .read).handle
        let target =
            try conversation.open("/made", [.write, .create]).handle
            ?? conversation.open("/other", [.read, .write]).handle
        if known == .setLinkStatus, !rights.includes(.update), rights.includes(.create) {
            // Only on what they made themselves.
            return try conversation.setLinkStatus("/made", Attributes(permissions: 0o600))
        }
        let either = try source ?? target ?? conversation.openDirectory("/").handle
        let denied = Reply.status(.permissionDenied, "no handle")
        switch known {
        case .copyData where source == nil || target == nil: return denied
        case .synchronize where target == nil, .handleFileSystemStatus where either == nil:
            return denied
        default: break
        }
        return try perform(
            known,
            conversation,
            source: known == .handleFileSystemStatus ? either ?? [] : source ?? [],
            target: target ?? []
        )
    }

    @Test("Each is announced with its name and its revision")
    func announcement() throws {
        let names = try Conversation(on: tree, isInitialized: false).initialize()
        #expect(
            names == [
                "posix-rename@openssh.com 1", "statvfs@openssh.com 2", "fstatvfs@openssh.com 2",
                "hardlink@openssh.com 1", "fsync@openssh.com 1", "lsetstat@openssh.com 1",
                "limits@openssh.com 1", "expand-path@openssh.com 1", "copy-data 1",
                "home-directory 1", "users-groups-by-id@openssh.com 1",
                "check-file md5,sha1,sha256,sha384,sha512",
            ]
        )
        #expect(
            try offered([]) == [
                "limits@openssh.com", "expand-path@openssh.com", "home-directory",
                "users-groups-by-id@openssh.com",
            ]
        )
    }

    @Test("fstatvfs says of a file and of a directory what statvfs says of their path")
    func handleFileSystemStatus() throws {
        let conversation = try Conversation(on: tree)
        guard case .extended(let expected) = try conversation.fileSystemStatus("/file") else {
            Issue.record("no statvfs")
            return
        }
        let directory = try #require(try conversation.openDirectory("/").handle)
        for handle in [try conversation.handle("/file", .read), directory] {
            let reply = try conversation.extended("fstatvfs@openssh.com") { $0.string(handle) }
            guard case .extended(let bytes) = reply else {
                Issue.record("no fstatvfs")
                continue
            }
            // Block sizes, the file system's size, flags and the length of names never change.
            #expect(bytes.prefix(24) == expected.prefix(24))
            #expect(bytes.suffix(24) == expected.suffix(24))
        }
    }

    @Test("A hard link is another name of the file, and only files have any")
    func hardLink() throws {
        let conversation = try Conversation(on: tree)
        try tree.makeDirectory("directory")
        #expect(try conversation.makeHardLink("/file", at: "/directory/second").code == .ok)
        let handle = try conversation.handle("/directory/second", .write)
        #expect(try conversation.write(handle, "CON").code == .ok)
        #expect(tree.text(of: "file") == "CONtent")
        #expect(try conversation.makeHardLink("/file", at: "/link").text == "File exists")
        #expect(try conversation.makeHardLink("/link", at: "/third").text == "Not a regular file")
        #expect(
            try conversation.makeHardLink("/directory", at: "/third").text == "Not a regular file"
        )
        #expect(try conversation.makeHardLink("/missing", at: "/third").code == .noSuchFile)
        #expect(try conversation.makeHardLink("/", at: "/third").code == .failure)
        #expect(!tree.exists("third"))
    }

    @Test("lsetstat changes a symbolic link and never what it leads to")
    func setLinkStatus() throws {
        let conversation = try Conversation(on: tree)
        let before = try #require(tree.modificationTime(of: "file"))
        let times = Attributes(times: Attributes.Times(access: 5, modification: 6))
        #expect(try conversation.setLinkStatus("/link", times).code == .ok)
        #expect(try conversation.linkStatus("/link").attributes?.times?.modification == 6)
        #expect(tree.modificationTime(of: "file") == before)
        // Links have no mode of their own on Linux.
        let mode = Attributes(permissions: 0o600)
        #expect(try conversation.setLinkStatus("/link", mode).code == .operationUnsupported)
        #expect(tree.mode(of: "file") != 0o600)
        #expect(try conversation.setLinkStatus("/file", mode).code == .ok)
        #expect(tree.mode(of: "file") == 0o600)
        #expect(try conversation.setLinkStatus("/file", Attributes(size: 0)).code == .failure)
        #expect(tree.text(of: "file") == "content")
        #expect(try conversation.setLinkStatus("/missing", mode).code == .noSuchFile)
    }

    @Test(
        "Everybody's home directory is the root",
        arguments: [
            ("~", "/"), ("~/", "/"), ("~/a/../b", "/b"), ("~somebody/a", "/a"), ("~root", "/"),
            ("a/b", "/a/b"), ("/x/../y", "/y"), ("", "/"), ("a/~/b", "/a/~/b"), ("~/../..", "/"),
        ]
    )
    func expandPath(path: String, expanded: String) throws {
        let conversation = try Conversation(on: tree, rights: [])
        let reply = try conversation.extended("expand-path@openssh.com") { $0.text(path) }
        #expect(reply.name == expanded)
    }

    @Test("A user's home directory is the root, whoever that is")
    func homeDirectory() throws {
        let conversation = try Conversation(on: tree, rights: [])
        for name in ["", "root", "somebody"] {
            let reply = try conversation.extended("home-directory") { $0.text(name) }
            #expect(reply.name == "/")
        }
    }

    @Test("Every number has the name that listings show, and none of the host's")
    func usersAndGroups() throws {
        let conversation = try Conversation(on: tree, rights: [])
        let reply = try conversation.extended("users-groups-by-id@openssh.com") {
            $0.text("\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{3}\u{7F}")
            $0.text("\u{0}\u{0}\u{0}\u{0}")
        }
        guard case .extended(let bytes) = reply else {
            Issue.record("no names")
            return
        }
        var expected = WireWriter()
        var users = WireWriter()
        users.text("owner")
        users.text("owner")
        expected.string(users.bytes)
        var groups = WireWriter()
        groups.text("group")
        expected.string(groups.bytes)
        #expect(bytes == expected.bytes)
    }

    @Test("More numbers than one reply should hold make no sense")
    func tooManyUsers() throws {
        let conversation = try Conversation(on: tree)
        for (count, code) in [(2048, nil), (2049, StatusCode.badMessage)] {
            let reply = try conversation.extended("users-groups-by-id@openssh.com") {
                $0.string([UInt8](repeating: 0, count: count * 4))
                $0.string([UInt8](repeating: 0, count: 8))
            }
            #expect(reply.code == code)
        }
    }
}
