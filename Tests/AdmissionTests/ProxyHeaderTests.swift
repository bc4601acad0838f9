import Admission
import Testing

@Suite("PROXY headers")
struct ProxyHeaderTests {
    static let signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// A block of version 2.
    static func block(_ command: UInt8, _ family: UInt8, _ rest: [UInt8]) -> [UInt8] {
        signature + [command, family, UInt8(rest.count >> 8), UInt8(rest.count & 255)] + rest
    }

    static let four: [UInt8] = [
        192, 0, 2, 10,  // source
        198, 51, 100, 20,  // destination
        0xC3, 0x50,  // source port 50000
        0x00, 0x16,  // destination port 22
    ]
    static let six: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [0x01]
        + [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [0x02]
        + [0xC3, 0x50, 0x00, 0x16]

    /// Fields of no interest, with a checksum among them that is right for `four`.
    static let fields: [UInt8] = [
        0x04, 0x00, 0x01, 0x00,  // NOOP
        0x03, 0x00, 0x04, 0xED, 0x98, 0x00, 0xEB,  // CRC32C
        0x02, 0x00, 0x03, 0x61, 0x62, 0x63,  // AUTHORITY
    ]

    struct Vector: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]
        let header: ProxyHeader
        var testDescription: String { name }
    }

    private static func relayed(_ client: String, _ destination: String) -> ProxyHeader {
        .relayed(
            client: ProxyHeader.Endpoint(address: .test(client), port: 50_000),
            destination: ProxyHeader.Endpoint(address: .test(destination), port: 22)
        )
    }

    static let vectors: [Vector] = [
        Vector(
            name: "a line with IPv4",
            bytes: Array("PROXY TCP4 192.0.2.10 198.51.100.20 50000 22\r\n".utf8),
            header: relayed("192.0.2.10", "198.51.100.20")
        ),
        Vector(
            name: "a line with IPv6",
            bytes: Array("PROXY TCP6 2001:db8::1 2001:DB8::2 50000 22\r\n".utf8),
            header: relayed("2001:db8::1", "2001:db8::2")
        ),
        Vector(
            name: "a line with mapped IPv4",
            bytes: Array("PROXY TCP6 ::ffff:192.0.2.10 ::ffff:198.51.100.20 50000 22\r\n".utf8),
            header: relayed("192.0.2.10", "198.51.100.20")
        ),
        Vector(
            name: "a short unknown line",
            bytes: Array("PROXY UNKNOWN\r\n".utf8),
            header: .unknown
        ),
        Vector(
            name: "the longest line",
            bytes: Array("PROXY UNKNOWN \(String(repeating: "f", count: 91))\r\n".utf8),
            header: .unknown
        ),
        Vector(
            name: "a block with IPv4",
            bytes: block(0x21, 0x11, four),
            header: relayed("192.0.2.10", "198.51.100.20")
        ),
        Vector(
            name: "a block with IPv6",
            bytes: block(0x21, 0x21, six),
            header: relayed("2001:db8::1", "2001:db8::2")
        ),
        Vector(
            name: "a block with fields and a checksum",
            bytes: block(0x21, 0x11, four + fields),
            header: relayed("192.0.2.10", "198.51.100.20")
        ),
        Vector(name: "a health check", bytes: block(0x20, 0x00, []), header: .local),
        Vector(
            name: "a health check with anything",
            bytes: block(0x20, 0xFF, [1, 2, 3]),
            header: .local
        ),
        Vector(name: "an unspecified block", bytes: block(0x21, 0x00, [9, 9]), header: .unknown),
        Vector(
            name: "a Unix socket",
            bytes: block(0x21, 0x31, [UInt8](repeating: 0x2F, count: 216)),
            header: .unknown
        ),
        Vector(name: "datagrams", bytes: block(0x21, 0x12, four), header: .unknown),
        Vector(
            name: "the longest block",
            bytes: block(
                0x21,
                0x11,
                four + [0x04, 0x07, 0xE1] + [UInt8](repeating: 0, count: 2017)
            ),
            header: relayed("192.0.2.10", "198.51.100.20")
        ),
    ]

    @Test("Headers are read, and what follows them is left to the client", arguments: vectors)
    func complete(vector: Vector) throws {
        let expected = ProxyHeader.Reading.complete(vector.header, length: vector.bytes.count)
        #expect(try ProxyHeader.read(vector.bytes) == expected)
        #expect(try ProxyHeader.read(vector.bytes + Array("SSH-2.0-x\r\n".utf8)) == expected)
    }

    @Test("Every beginning of a header asks for more, and never for too much", arguments: vectors)
    func truncations(vector: Vector) throws {
        for count in vector.bytes.indices {
            guard
                case .incomplete(let least) = try ProxyHeader.read(
                    Array(vector.bytes.prefix(count))
                )
            else {
                Issue.record("\(count) of \(vector.bytes.count) bytes are taken for the whole")
                continue
            }
            #expect(least > count && least <= vector.bytes.count)
        }
    }

    @Test("Whoever reads as many bytes as are asked for comes to the end", arguments: vectors)
    func asking(vector: Vector) throws {
        let stream = vector.bytes + Array("SSH-2.0-x\r\n".utf8)
        var count = 0
        for _ in 0...vector.bytes.count {
            switch try ProxyHeader.read(Array(stream.prefix(count))) {
            case .incomplete(let least): count = least
            case .complete(_, let length):
                #expect(length == vector.bytes.count)
                #expect(count == vector.bytes.count)
                return
            }
        }
        Issue.record("the header never ends")
    }

    @Test("Hostile bytes are answered, never trapped on, and never taken for more than there is")
    func mutations() {
        var numbers = Numbers(seed: 11)
        for _ in 0..<20_000 {
            var bytes = Self.vectors[numbers.below(Self.vectors.count)].bytes
            for _ in 0...numbers.below(4) {
                switch numbers.below(4) {
                case 0: bytes.removeLast(numbers.below(bytes.count + 1))
                case 1: bytes.append(UInt8(numbers.below(256)))
                default:
                    guard !bytes.isEmpty else { continue }
                    bytes[numbers.below(min(bytes.count, 60))] = UInt8(numbers.below(256))
                }
            }
            switch try? ProxyHeader.read(bytes) {
            case .complete(_, let length): #expect(length <= bytes.count)
            case .incomplete(let least): #expect(least > bytes.count && least <= 2048)
            case nil: break
            }
        }
    }
}
