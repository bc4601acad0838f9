import Testing
import WireFormat

@Suite("Byte strings as text for people")
struct ByteStringTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let bytes: [UInt8]
        let text: String
        var testDescription: String { text }
    }

    static let vectors = [
        Vector(bytes: Array("plain.txt".utf8), text: "plain.txt"),
        Vector(bytes: Array("Größe 日本".utf8), text: "Größe 日本"),
        Vector(bytes: Array("a\nb\r\tc".utf8), text: #"a\nb\r\tc"#),
        Vector(bytes: Array(#"a\n"#.utf8), text: #"a\\n"#),
        Vector(bytes: [0x1B, 0x5B, 0x32, 0x4A], text: #"\u{1b}[2J"#),
        Vector(bytes: Array("a\u{202E}b\u{200B}".utf8), text: #"a\u{202e}b\u{200b}"#),
        Vector(bytes: Array("a\u{2028}b".utf8), text: #"a\u{2028}b"#),
        Vector(bytes: [0x61, 0xFF, 0x0A, 0x5C], text: #"a\xff\x0a\\"#),
        Vector(bytes: [], text: ""),
    ]

    @Test("Nothing can forge a line or steer a terminal", arguments: vectors)
    func description(vector: Vector) {
        #expect(ByteString(vector.bytes).description == vector.text)
    }

    @Test("Bytes stay what they are")
    func bytes() {
        let bytes: [UInt8] = [0, 0xFF, 0x80]
        #expect(ByteString(copying: bytes.span).bytes == bytes)
        #expect(ByteString("é").bytes == [0xC3, 0xA9])
        #expect(ByteString([]).isEmpty)
    }
}
