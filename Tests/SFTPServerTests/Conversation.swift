import AccessControl
import FileTestSupport
import LinuxSystem
import SFTPProtocol
import SFTPServer
import ServerFiles
import Testing
import WireFormat

/// A client's side of one channel, packet by packet.
final class Conversation {
    let tree: TemporaryTree
    let meter = RecordedMeter()
    private var server: SFTPServer
    private var lastID: UInt32 = 0x1000

    /// Opens a channel for a person with `rights` and, unless told otherwise, says INIT.
    init(
        on tree: TemporaryTree,
        rights: FileRights = .all,
        creations: OwnCreations = OwnCreations(),
        handleLimit: Int = 64,
        rules: PathRules = PathRules(),
        clientVersion: ByteString = "SSH-2.0-OpenSSH_9.2p1",
        isInitialized: Bool = true
    ) throws {
        self.tree = tree
        server = SFTPServer(
            root: ServerRoot(
                owning: try FileDescriptor.directory(at: tree.root),
                rules: rules
            ),
            policy: FilePolicy(rights: rights),
            creations: creations,
            meter: meter,
            options: SFTPServerOptions(handleLimit: handleLimit, clientVersion: clientVersion)
        )
        if isInitialized { _ = try initialize() }
    }

    /// Whether a request waits for more work before it is answered.
    var isBusy: Bool { server.isBusy }

    /// Feeds bytes as they are and returns what comes back.
    func exchange(_ bytes: [UInt8], outputLimit: Int = .max) throws -> [UInt8] {
        var input = PacketBuffer()
        input.append(bytes.span)
        var output = WireWriter()
        repeat {
            try server.answer(&input, into: &output, outputLimit: outputLimit)
        } while server.isBusy || input.hasCompletePacket && output.bytes.count < outputLimit
        return output.bytes
    }

    /// Feeds the server from a buffer that the caller keeps.
    func answer(
        _ input: inout PacketBuffer,
        into output: inout WireWriter,
        outputLimit: Int
    ) throws {
        try server.answer(&input, into: &output, outputLimit: outputLimit)
    }

    /// Says INIT and returns the extensions offered, as "name revision".
    func initialize(version: UInt32 = 3) throws -> [String] {
        var writer = WireWriter()
        writer.uint32(5)
        writer.byte(1)
        writer.uint32(version)
        let bytes = try exchange(writer.bytes)
        var reader = WireReader(bytes.span)
        #expect(try reader.uint32("length") == UInt32(bytes.count - 4))
        #expect(try reader.byte("type") == 2)
        #expect(try reader.uint32("version") == 3)
        var offered: [String] = []
        while reader.remaining > 0 {
            offered.append(
                try reader.text("name", limit: 100) + " " + reader.text("data", limit: 100)
            )
        }
        return offered
    }

    /// Sends a request and returns its reply; anything but exactly one is a failure.
    func request(_ type: UInt8, _ body: (inout WireWriter) -> Void) throws -> Reply {
        lastID += 1
        let bytes = try exchange(Self.packet(type, lastID, body))
        let replies = try Self.replies(to: CollectionOfOne(lastID), in: bytes)
        return try #require(replies.first)
    }

    /// Cuts `bytes` into the replies to `ids`, in this order and no others.
    static func replies(to ids: some Sequence<UInt32>, in bytes: [UInt8]) throws -> [Reply] {
        var input = PacketBuffer()
        input.append(bytes.span)
        var replies: [Reply] = []
        for id in ids {
            try #require(try input.checkPacket())
            let reply = try Reply(input.packet, to: id)
            replies.append(reply)
            input.removePacket()
        }
        #expect(input.count == 0)
        return replies
    }

    /// A packet with its length prefix.
    static func packet(_ type: UInt8, _ id: UInt32, _ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        writer.uint32(0)
        writer.byte(type)
        writer.uint32(id)
        body(&writer)
        writer.overwriteUInt32(UInt32(writer.bytes.count - 4), at: 0)
        return writer.bytes
    }

    func takeActivities() -> [FileActivity] {
        server.takeActivities()
    }

    func closeAll() {
        server.closeAll()
    }
}

extension Conversation {
    func open(
        _ path: String,
        _ flags: OpenFlags,
        mode: UInt32? = nil
    ) throws -> Reply {
        try request(3) {
            $0.text(path)
            $0.uint32(flags.rawValue)
            Attributes(permissions: mode).encode(into: &$0)
        }
    }

    /// Opens and expects it to work.
    func handle(_ path: String, _ flags: OpenFlags) throws -> [UInt8] {
        try #require(try open(path, flags).handle)
    }

    func close(_ handle: [UInt8]) throws -> Reply { try request(4) { $0.string(handle) } }

    func read(_ handle: [UInt8], at offset: UInt64 = 0, count: UInt32 = 1000) throws -> Reply {
        try request(5) {
            $0.string(handle)
            $0.uint64(offset)
            $0.uint32(count)
        }
    }

    func write(_ handle: [UInt8], _ content: String, at offset: UInt64 = 0) throws -> Reply {
        try request(6) {
            $0.string(handle)
            $0.uint64(offset)
            $0.text(content)
        }
    }

    func linkStatus(_ path: String) throws -> Reply { try request(7) { $0.text(path) } }

    func fileStatus(_ handle: [UInt8]) throws -> Reply { try request(8) { $0.string(handle) } }

    func setStatus(_ path: String, _ attributes: Attributes) throws -> Reply {
        try request(9) {
            $0.text(path)
            attributes.encode(into: &$0)
        }
    }

    func setFileStatus(_ handle: [UInt8], _ attributes: Attributes) throws -> Reply {
        try request(10) {
            $0.string(handle)
            attributes.encode(into: &$0)
        }
    }

    func openDirectory(_ path: String) throws -> Reply { try request(11) { $0.text(path) } }

    func readDirectory(_ handle: [UInt8]) throws -> Reply { try request(12) { $0.string(handle) } }

    func remove(_ path: String) throws -> Reply { try request(13) { $0.text(path) } }

    func makeDirectory(_ path: String, mode: UInt32? = nil) throws -> Reply {
        try request(14) {
            $0.text(path)
            Attributes(permissions: mode).encode(into: &$0)
        }
    }

    func removeDirectory(_ path: String) throws -> Reply { try request(15) { $0.text(path) } }

    func realPath(_ path: String) throws -> Reply { try request(16) { $0.text(path) } }

    func stat(_ path: String) throws -> Reply { try request(17) { $0.text(path) } }

    func rename(_ old: String, to new: String) throws -> Reply {
        try request(18) {
            $0.text(old)
            $0.text(new)
        }
    }

    func readLink(_ path: String) throws -> Reply { try request(19) { $0.text(path) } }

    /// Sends the two paths of a SYMLINK in this order.
    func symbolicLink(_ first: String, _ second: String) throws -> Reply {
        try request(20) {
            $0.text(first)
            $0.text(second)
        }
    }

    func extended(_ name: String, _ body: (inout WireWriter) -> Void = { _ in }) throws -> Reply {
        try request(200) {
            $0.text(name)
            body(&$0)
        }
    }

    func replace(_ old: String, with new: String) throws -> Reply {
        try extended("posix-rename@openssh.com") {
            $0.text(old)
            $0.text(new)
        }
    }

    func synchronize(_ handle: [UInt8]) throws -> Reply {
        try extended("fsync@openssh.com") { $0.string(handle) }
    }

    func fileSystemStatus(_ path: String) throws -> Reply {
        try extended("statvfs@openssh.com") { $0.text(path) }
    }

    func makeHardLink(_ old: String, at new: String) throws -> Reply {
        try extended("hardlink@openssh.com") {
            $0.text(old)
            $0.text(new)
        }
    }

    func setLinkStatus(_ path: String, _ attributes: Attributes) throws -> Reply {
        try extended("lsetstat@openssh.com") {
            $0.text(path)
            attributes.encode(into: &$0)
        }
    }

    func copyData(
        _ source: [UInt8],
        from offset: UInt64 = 0,
        count: UInt64 = 0,
        to target: [UInt8],
        at targetOffset: UInt64 = 0
    ) throws -> Reply {
        try extended("copy-data") {
            $0.string(source)
            $0.uint64(offset)
            $0.uint64(count)
            $0.string(target)
            $0.uint64(targetOffset)
        }
    }

    /// Asks for hashes of what is at a path.
    func checkFile(
        _ path: String,
        _ algorithms: String,
        from offset: UInt64 = 0,
        count: UInt64 = 0,
        block: UInt32 = 0
    ) throws -> Reply {
        try extended("check-file-name") {
            $0.text(path)
            $0.text(algorithms)
            $0.uint64(offset)
            $0.uint64(count)
            $0.uint32(block)
        }
    }

    /// Lists a directory to its end.
    func list(_ path: String) throws -> [Reply.Name] {
        let handle = try #require(try openDirectory(path).handle)
        var names: [Reply.Name] = []
        while case .names(let batch) = try readDirectory(handle) { names += batch }
        #expect(try readDirectory(handle).code == .endOfFile)
        #expect(try close(handle).code == .ok)
        return names
    }
}
