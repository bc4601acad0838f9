import Testing
import WireFormat

@Suite("Reading primitives")
struct WireReaderTests {
    static let message: [UInt8] = [
        0x7F,  // byte
        0x02,  // boolean: anything but zero is true
        0x01, 0x02, 0x03, 0x04,  // uint32
        0xFF, 0xEE, 0xDD, 0xCC, 0xBB, 0xAA, 0x99, 0x88,  // uint64
        0x00, 0x00, 0x00, 0x03, 0x61, 0x00, 0xFF,  // string
        0x00, 0x00, 0x00, 0x02, 0xC3, 0xA9,  // text
    ]

    /// Reads every field; what a prefix of the message must not survive.
    private func readAll(_ bytes: [UInt8]) throws(WireError) -> (
        UInt8, Bool, UInt32, UInt64, ByteString, String
    ) {
        var reader = WireReader(bytes.span)
        let fields = (
            try reader.byte("byte"), try reader.boolean("boolean"), try reader.uint32("uint32"),
            try reader.uint64("uint64"), try reader.string("string", limit: 3),
            try reader.text("text", limit: 2)
        )
        try reader.finish()
        return fields
    }

    @Test("Every primitive is read, most significant byte first")
    func primitives() throws {
        let fields = try readAll(Self.message)
        #expect(fields.0 == 0x7F)
        #expect(fields.1)
        #expect(fields.2 == 0x0102_0304)
        #expect(fields.3 == 0xFFEE_DDCC_BBAA_9988)
        #expect(fields.4 == ByteString([0x61, 0x00, 0xFF]))
        #expect(fields.5 == "é")
    }

    @Test("Every proper prefix is refused", arguments: 0..<27)
    func prefixes(length: Int) {
        #expect(Self.message.count == 27)
        #expect(throws: WireError.self) { try readAll(Array(Self.message.prefix(length))) }
    }

    @Test("Bytes left over are refused")
    func trailingBytes() {
        #expect(throws: WireError.trailingBytes(count: 1)) { try readAll(Self.message + [0]) }
    }

    @Test("A length above the limit is refused before anything is read")
    func limit() {
        let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0x61]
        #expect(
            throws: WireError.tooLong(field: "name", length: 0xFFFF_FFFF, limit: 16)
        ) {
            var reader = WireReader(bytes.span)
            _ = try reader.string("name", limit: 16)
        }
    }

    @Test("A length beyond the message is refused")
    func lengthBeyondTheEnd() {
        let bytes: [UInt8] = [0x00, 0x00, 0x00, 0x02, 0x61]
        #expect(throws: WireError.truncated(field: "name")) {
            var reader = WireReader(bytes.span)
            _ = try reader.range("name", limit: 16)
        }
    }

    @Test("Text that is not UTF-8 is refused")
    func invalidText() {
        let bytes: [UInt8] = [0x00, 0x00, 0x00, 0x01, 0xFF]
        #expect(throws: WireError.invalid(field: "name")) {
            var reader = WireReader(bytes.span)
            _ = try reader.text("name", limit: 16)
        }
    }

    @Test("A range says where the bytes lie")
    func range() throws {
        let bytes: [UInt8] = [0x09, 0x00, 0x00, 0x00, 0x02, 0x61, 0x62, 0x08]
        var reader = WireReader(bytes.span)
        _ = try reader.byte("first")
        #expect(try reader.range("data", limit: 2) == 5..<7)
        #expect(reader.offset == 7)
        #expect(try reader.byte("last") == 8)
    }

    @Test("Bytes are passed over only where they are", arguments: [-1, 3, Int.max])
    func skip(count: Int) throws {
        let bytes: [UInt8] = [1, 2]
        #expect(throws: WireError.truncated(field: "rest")) {
            var reader = WireReader(bytes.span)
            try reader.skip(count, "rest")
        }
        var reader = WireReader(bytes.span)
        try reader.skip(2, "rest")
        #expect(reader.remaining == 0)
    }
}
