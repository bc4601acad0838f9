import FileTestSupport
import SFTPProtocol
import Testing
import WireFormat

@Suite("Attributes over the wire")
struct StatusTests {
    let tree: TemporaryTree
    let conversation: Conversation

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
        try tree.setMode(0o640, of: "file")
        try tree.link("link", to: "file")
        conversation = try Conversation(on: tree)
    }

    @Test("STAT follows a link, LSTAT does not, FSTAT asks the handle")
    func kinds() throws {
        #expect(try conversation.stat("/link").attributes?.permissions == 0o100640)
        #expect(
            try conversation.linkStatus("/link").attributes?.permissions.map { $0 & 0o170000 }
                == 0o120000
        )
        let handle = try conversation.handle("/link", .read)
        let attributes = try #require(try conversation.fileStatus(handle).attributes)
        #expect(attributes.size == 7)
        #expect(attributes.permissions == 0o100640)
        #expect(attributes.owner != nil)
        #expect(attributes.times != nil)
        #expect(try conversation.stat("/").attributes?.permissions.map { $0 & 0o170000 } == 0o40000)
        #expect(
            try conversation.linkStatus("/").attributes?.permissions
                == (try conversation.stat("/").attributes?.permissions)
        )
        #expect(try conversation.stat("/missing").code == .noSuchFile)
        #expect(try conversation.stat("/file/below").text == "Not a directory")
    }

    @Test("SETSTAT sets size, mode and times, and ignores owners")
    func setting() throws {
        let before = try #require(try conversation.stat("/file").attributes?.owner)
        let reply = try conversation.setStatus(
            "/link",
            Attributes(
                size: 4,
                owner: Attributes.Owner(user: 12345, group: 12345),
                permissions: 0o107_611,
                times: Attributes.Times(access: 1, modification: 1_500_000_000)
            )
        )
        #expect(reply.code == .ok)
        #expect(tree.text(of: "file") == "cont")
        #expect(tree.mode(of: "file") == 0o611)
        #expect(tree.modificationTime(of: "file") == 1_500_000_000)
        #expect(try conversation.stat("/file").attributes?.owner == before)
    }

    @Test("Changing only the owner does nothing, successfully, to what exists")
    func ownerOnly() throws {
        let owner = Attributes(owner: Attributes.Owner(user: 1, group: 1))
        #expect(try conversation.setStatus("/file", owner).code == .ok)
        #expect(try conversation.setStatus("/missing", owner).code == .noSuchFile)
    }

    @Test("Times beyond the signed range are clamped, in both directions")
    func clamping() throws {
        let late = Attributes(
            times: Attributes.Times(access: UInt32.max, modification: UInt32.max)
        )
        #expect(try conversation.setStatus("/file", late).code == .ok)
        #expect(tree.modificationTime(of: "file") == Int(Int32.max))
        #expect(try conversation.stat("/file").attributes?.times?.modification == UInt32(Int32.max))
    }

    @Test("FSETSTAT works through the handle, on files and directories")
    func throughHandle() throws {
        let file = try conversation.handle("/file", .write)
        #expect(
            try conversation.setFileStatus(file, Attributes(size: 2, permissions: 0o600)).code
                == .ok
        )
        #expect(tree.text(of: "file") == "co")
        #expect(tree.mode(of: "file") == 0o600)
        try tree.makeDirectory("directory")
        let directory = try #require(try conversation.openDirectory("/directory").handle)
        #expect(
            try conversation.setFileStatus(directory, Attributes(permissions: 0o711)).code == .ok
        )
        #expect(tree.mode(of: "directory") == 0o711)
    }

    @Test("statvfs tells eleven numbers about the disk and nothing about the host")
    func fileSystemStatus() throws {
        guard case .extended(let bytes) = try conversation.fileSystemStatus("/file") else {
            Issue.record("no reply")
            return
        }
        var reader = WireReader(bytes.span)
        var numbers: [UInt64] = []
        for _ in 0..<11 { numbers.append(try reader.uint64("number")) }
        #expect(reader.remaining == 0)
        #expect(numbers[0] >= 512)
        #expect(numbers[2] >= numbers[3])
        #expect(numbers[8] == 0)
        #expect(numbers[10] >= 255)
        #expect(try conversation.fileSystemStatus("/missing").code == .noSuchFile)
    }
}
