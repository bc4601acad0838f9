import SFTPProtocol
import Testing
import WireFormat

@Suite("Decoding requests")
struct ClientPacketTests {
    @Test("Every request is read field by field", arguments: RequestVector.all)
    func vectors(vector: RequestVector) throws {
        #expect(
            try ClientPacket(decoding: vector.bytes.span)
                == .request(id: 0x0102, vector.request)
        )
    }

    @Test("Every proper prefix of a request is refused", arguments: RequestVector.all)
    func prefixes(vector: RequestVector) throws {
        for length in 0..<vector.bytes.count {
            let prefix = Array(vector.bytes.prefix(length))
            if length < ProtocolLimits.minimumPacketLength {
                #expect(throws: WireError.self) { _ = try ClientPacket(decoding: prefix.span) }
            } else {
                guard case .malformed(id: 0x0102, _) = try ClientPacket(decoding: prefix.span)
                else {
                    Issue.record("\(length) of \(vector.bytes.count) bytes were accepted")
                    continue
                }
            }
        }
    }

    @Test("Bytes after the last field are ignored", arguments: RequestVector.all)
    func trailingBytes(vector: RequestVector) throws {
        let longer = vector.bytes + [0xFF, 0xFF]
        #expect(try ClientPacket(decoding: longer.span) == .request(id: 0x0102, vector.request))
    }

    @Test("INIT carries a version where requests carry an id")
    func initialize() throws {
        let bytes: [UInt8] = [1, 0, 0, 0, 6]
        #expect(try ClientPacket(decoding: bytes.span) == .initialize(version: 6))
    }

    @Test(
        "A type that no client sends is unsupported, with its id",
        arguments: 0...255 as ClosedRange<UInt8>
    )
    func unknownTypes(type: UInt8) throws {
        let bytes: [UInt8] = [type, 0, 0, 0, 7]
        let packet = try ClientPacket(decoding: bytes.span)
        switch type {
        case 1: #expect(packet == .initialize(version: 7))
        case 3...20, 200:
            guard case .malformed(id: 7, _) = packet else {
                Issue.record("\(packet)")
                return
            }
        default: #expect(packet == .unsupported(id: 7))
        }
    }

    @Test(
        "An extended request with an unknown name is unsupported",
        arguments: [
            "", "unknown@example.com", "copy-file", "\u{0}", "limits@openssh.com ",
        ]
    )
    func unknownExtension(name: String) throws {
        var writer = WireWriter()
        writer.byte(200)
        writer.uint32(9)
        writer.text(name)
        #expect(try ClientPacket(decoding: writer.bytes.span) == .unsupported(id: 9))
    }

    @Test("A path may have 4096 bytes and none of them zero")
    func paths() throws {
        func packet(_ path: [UInt8]) throws -> ClientPacket {
            var writer = WireWriter()
            writer.byte(17)
            writer.uint32(1)
            writer.string(path)
            return try ClientPacket(decoding: writer.bytes.span)
        }
        let longest = [UInt8](repeating: 0x61, count: 4096)
        #expect(try packet(longest) == .request(id: 1, .stat(path: ByteString(longest))))
        #expect(
            try packet(longest + [0x61])
                == .malformed(id: 1, .tooLong(field: "path", length: 4097, limit: 4096))
        )
        #expect(try packet([0x61, 0, 0x62]) == .malformed(id: 1, .invalid(field: "path")))
    }

    @Test("A WRITE may carry 261120 bytes")
    func writeLength() throws {
        func packet(_ length: Int) throws -> ClientPacket {
            var writer = WireWriter()
            writer.byte(6)
            writer.uint32(1)
            writer.uint32(8)
            writer.uint64(1)
            writer.uint64(0)
            writer.string([UInt8](repeating: 7, count: length))
            return try ClientPacket(decoding: writer.bytes.span)
        }
        guard case .request(id: 1, .write(let write)) = try packet(261_120) else {
            Issue.record("refused")
            return
        }
        #expect(write.data.count == 261_120)
        #expect(
            try packet(261_121)
                == .malformed(id: 1, .tooLong(field: "data", length: 261_121, limit: 261_120))
        )
    }

    @Test("More extended attributes than anyone has are refused, not counted through")
    func extendedAttributes() throws {
        var writer = WireWriter()
        writer.byte(9)
        writer.uint32(1)
        writer.text("/a")
        writer.uint32(0x8000_0000)
        writer.uint32(UInt32.max)
        #expect(
            try ClientPacket(decoding: writer.bytes.span)
                == .malformed(id: 1, .invalid(field: "extended attribute count"))
        )
    }

    @Test("Any bytes at all decode to something without a trap")
    func noise() throws {
        var generator = SystemRandomNumberGenerator()
        var decoded = 0
        for _ in 0..<20_000 {
            let count = Int.random(in: 5...64, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Mostly types that have a body, and lengths small enough to be reached.
            bytes[0] = UInt8.random(in: 1...21, using: &generator)
            for index in bytes.indices.dropFirst(5) where index % 4 != 0 { bytes[index] &= 1 }
            _ = try ClientPacket(decoding: bytes.span)
            decoded += 1
        }
        #expect(decoded == 20_000)
    }
}
