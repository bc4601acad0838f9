import AccessControl
import FileTestSupport
import SFTPProtocol
import SFTPServer
import Testing
import WireFormat

@Suite("From INIT to the end")
struct SessionTests {
    let tree: TemporaryTree

    init() throws {
        tree = try TemporaryTree()
        try tree.write("content", to: "file")
    }

    @Test(
        "Whatever version a client asks for, the answer is three",
        arguments: [0, 3, 6, .max] as [UInt32]
    )
    func version(asked: UInt32) throws {
        let conversation = try Conversation(on: tree, isInitialized: false)
        #expect(
            try conversation.initialize(version: asked).count == ProtocolExtension.allCases.count
        )
    }

    @Test("A second INIT ends the channel")
    func secondInitialization() throws {
        let conversation = try Conversation(on: tree)
        #expect(throws: SFTPFailure.repeatedInitialization) { try conversation.initialize() }
    }

    @Test("A request before INIT ends the channel", arguments: [3, 16, 200, 99] as [UInt8])
    func requestBeforeInitialization(type: UInt8) throws {
        let conversation = try Conversation(on: tree, isInitialized: false)
        #expect(throws: SFTPFailure.requestBeforeInitialization) {
            try conversation.exchange(Conversation.packet(type, 1) { $0.text("/") })
        }
    }

    @Test("A packet that is too long ends the channel, after the replies before it")
    func framing() throws {
        let conversation = try Conversation(on: tree)
        var input = PacketBuffer()
        input.append(Conversation.packet(16, 1) { $0.text("/") }.span)
        input.append([0xFF, 0xFF, 0xFF, 0xFF].span)
        var output = WireWriter()
        #expect(throws: SFTPFailure.framing(.tooLong(length: 0xFFFF_FFFF))) {
            try conversation.answer(&input, into: &output, outputLimit: .max)
        }
        #expect(output.bytes.count > 20)
        #expect("\(SFTPFailure.framing(.tooLong(length: 300_000)))".contains("300000"))
    }

    @Test("An unknown type and an unknown extension get a reply with their id")
    func unsupported() throws {
        let conversation = try Conversation(on: tree)
        for type in [21, 99, 101, 105, 255] as [UInt8] {
            #expect(try conversation.request(type) { _ in }.code == .operationUnsupported)
        }
        #expect(try conversation.extended("nothing@example.com").code == .operationUnsupported)
        #expect(try conversation.realPath(".").name == "/")
    }

    @Test("A body that makes no sense gets BAD_MESSAGE, and the channel goes on")
    func malformed() throws {
        let conversation = try Conversation(on: tree)
        for type in 3...20 as ClosedRange<UInt8> {
            #expect(try conversation.request(type) { $0.byte(1) }.code == .badMessage)
        }
        #expect(try conversation.stat("/a\u{0}b").code == .badMessage)
        #expect(try conversation.stat(String(repeating: "a/", count: 2049)).code == .badMessage)
        #expect(try conversation.realPath(".").name == "/")
    }

    @Test("Every request, of any type with any body, gets exactly one reply")
    func exactlyOneReply() throws {
        let conversation = try Conversation(on: tree)
        let handle = try conversation.handle("/file", [.read, .write])
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let type = UInt8.random(in: 2...22, using: &generator)
            // `request` itself checks that there is one reply, with this id.
            _ = try conversation.request(type) { writer in
                switch UInt8.random(in: 0...3, using: &generator) {
                case 0: writer.text(["/", "file", "../x", "", "new"].randomElement() ?? "")
                case 1: writer.string(handle)
                case 2: writer.uint32(UInt32.random(in: 0...9, using: &generator))
                default: break
                }
                for _ in 0..<Int.random(in: 0...6, using: &generator) {
                    writer.uint32(UInt32.random(in: 0...3, using: &generator))
                }
            }
        }
        #expect(conversation.meter.answers == 3001)
    }

    /// A type and a body of many fields.
    struct Whole: CustomTestStringConvertible, Sendable {
        let type: UInt8
        let body: [UInt8]
        var testDescription: String { "type \(type)" }

        init(_ type: UInt8, _ fields: Field...) {
            self.type = type
            var writer = WireWriter()
            for field in fields {
                switch field {
                case .number(let value): writer.uint32(value)
                case .long(let value): writer.uint64(value)
                case .text(let value): writer.text(value)
                }
            }
            body = writer.bytes
        }

        enum Field {
            case number(UInt32)
            case long(UInt64)
            case text(String)
        }
    }

    @Test(
        "Every proper prefix of a request is answered, never trapped on",
        arguments: [
            Whole(3, .text("/file"), .number(1), .number(4), .number(0o644)),
            Whole(4, .text("8 bytes!")),
            Whole(5, .text("8 bytes!"), .long(0), .number(9)),
            Whole(6, .text("8 bytes!"), .long(0), .text("data")),
            Whole(9, .text("/file"), .number(0x0F), .long(1), .long(2), .number(0), .long(3)),
            Whole(14, .text("/made"), .number(4), .number(0o755)),
            Whole(18, .text("/file"), .text("/renamed")),
            Whole(20, .text("file"), .text("/link")),
            Whole(200, .text("posix-rename@openssh.com"), .text("/file"), .text("/renamed")),
            Whole(200, .text("fsync@openssh.com"), .text("8 bytes!")),
            Whole(200, .text("fstatvfs@openssh.com"), .text("8 bytes!")),
            Whole(200, .text("hardlink@openssh.com"), .text("/file"), .text("/renamed")),
            Whole(200, .text("lsetstat@openssh.com"), .text("/file"), .number(4), .number(0o755)),
            Whole(200, .text("expand-path@openssh.com"), .text("/file")),
            Whole(
                200,
                .text("copy-data"),
                .text("8 bytes!"),
                .long(0),
                .long(0),
                .text("8 bytes?"),
                .long(0)
            ),
            Whole(200, .text("home-directory"), .text("somebody")),
            Whole(200, .text("users-groups-by-id@openssh.com"), .text("4444"), .text("8888eeee")),
            Whole(
                200,
                .text("check-file-name"),
                .text("/file"),
                .text("md5"),
                .long(0),
                .long(0),
                .number(0)
            ),
        ]
    )
    func prefixes(whole: Whole) throws {
        let conversation = try Conversation(on: tree)
        for length in 0..<whole.body.count {
            let reply = try conversation.request(whole.type) { writer in
                for byte in whole.body.prefix(length) { writer.byte(byte) }
            }
            #expect(reply.code == .badMessage)
        }
        #expect(tree.text(of: "file") == "content")
        // Whole, it is understood.
        let reply = try conversation.request(whole.type) { writer in
            for byte in whole.body { writer.byte(byte) }
        }
        #expect(reply.code != .badMessage)
    }

    @Test("Replies come in the order of the requests and stop at the limit")
    func outputLimit() throws {
        let conversation = try Conversation(on: tree)
        var input = PacketBuffer()
        for id in 0..<100 as Range<UInt32> {
            input.append(Conversation.packet(16, id) { $0.text("/") }.span)
        }
        var output = WireWriter()
        try conversation.answer(&input, into: &output, outputLimit: 100)
        #expect(output.bytes.count >= 100)
        #expect(output.bytes.count < 200)
        #expect(input.hasCompletePacket)
        try conversation.answer(&input, into: &output, outputLimit: .max)
        #expect(!input.hasCompletePacket)
        let replies = try Conversation.replies(to: 0..<100, in: output.bytes)
        #expect(replies.allSatisfy { $0.name == "/" })
    }

    @Test("Limits are what the server accepts and gives, none of them zero")
    func limits() throws {
        let conversation = try Conversation(on: tree, handleLimit: 17)
        guard case .extended(let bytes) = try conversation.extended("limits@openssh.com") else {
            Issue.record("no limits")
            return
        }
        var reader = WireReader(bytes.span)
        #expect(try reader.uint64("packet") == 262_144)
        #expect(try reader.uint64("read") == 261_120)
        #expect(try reader.uint64("write") == 261_120)
        #expect(try reader.uint64("handles") == 17)
        #expect(reader.remaining == 0)
    }
}
