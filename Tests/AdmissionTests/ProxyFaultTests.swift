import Admission
import Testing

@Suite("Wrong PROXY headers")
struct ProxyFaultTests {
    private static let four = ProxyHeaderTests.four

    @Test(
        "What begins like no header is told from the first byte that says so",
        arguments: [
            "S", "SSH-2.0-OpenSSH_9.9\r\n", "PROXX", "PROXYTCP4", "proxy TCP4", "\r\n\r\nQ",
        ]
    )
    func noHeader(text: String) {
        #expect(throws: AdmissionError.noProxyHeader) { try ProxyHeader.read(Array(text.utf8)) }
    }

    static let wrongLines: [(String, ProxyHeader.Fault)] = [
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000 22\n", .lineEnd),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000 22\r\r\n", .lineEnd),
        ("PROXY UNKNOWN \(String(repeating: "f", count: 92))\r\n", .lineEnd),
        ("PROXY UNKNOWN \(String(repeating: "f", count: 500))", .lineEnd),
        ("PROXY \r\n", .line),
        ("PROXY TCP4\r\n", .line),
        ("PROXY UDP4 192.0.2.10 198.51.100.20 50000 22\r\n", .line),
        ("PROXY tcp4 192.0.2.10 198.51.100.20 50000 22\r\n", .line),
        ("PROXY TCP4  192.0.2.10 198.51.100.20 50000 22\r\n", .line),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000 22 \r\n", .line),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000\r\n", .line),
        ("PROXY TCP4 192.0.2.010 198.51.100.20 50000 22\r\n", .address),
        ("PROXY TCP4 2001:db8::1 2001:db8::2 50000 22\r\n", .address),
        ("PROXY TCP6 192.0.2.10 198.51.100.20 50000 22\r\n", .address),
        ("PROXY TCP4 192.0.2.10 example.org 50000 22\r\n", .address),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 65536 22\r\n", .port),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 050 22\r\n", .port),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000 -1\r\n", .port),
        ("PROXY TCP4 192.0.2.10 198.51.100.20 50000 ٢٢\r\n", .port),
    ]

    @Test("Wrong lines are refused with what is wrong", arguments: wrongLines)
    func wrongLine(line: String, fault: ProxyHeader.Fault) {
        #expect(throws: AdmissionError.proxyHeader(fault)) {
            try ProxyHeader.read(Array(line.utf8))
        }
    }

    static let wrongBlocks: [([UInt8], ProxyHeader.Fault)] = [
        (ProxyHeaderTests.block(0x11, 0x11, four), .version(1)),
        (ProxyHeaderTests.block(0x31, 0x11, four), .version(3)),
        (ProxyHeaderTests.block(0x22, 0x11, four), .command(2)),
        (ProxyHeaderTests.block(0x21, 0x41, four), .family(0x41)),
        (ProxyHeaderTests.block(0x21, 0x13, four), .family(0x13)),
        (ProxyHeaderTests.block(0x21, 0x11, Array(four.dropLast())), .tooShort(11)),
        (ProxyHeaderTests.block(0x21, 0x21, four), .tooShort(12)),
        (ProxyHeaderTests.block(0x21, 0x31, four), .tooShort(12)),
        (ProxyHeaderTests.signature + [0x21, 0x11, 0xFF, 0xFF], .tooLong(65_551)),
        (ProxyHeaderTests.signature + [0x21, 0x11, 0x07, 0xF1], .tooLong(2049)),
        (ProxyHeaderTests.block(0x21, 0x11, four + [0x02]), .field(type: 2)),
        (ProxyHeaderTests.block(0x21, 0x11, four + [0x02, 0x00]), .field(type: 2)),
        (ProxyHeaderTests.block(0x21, 0x11, four + [0x02, 0x00, 0x04, 1, 2, 3]), .field(type: 2)),
        (ProxyHeaderTests.block(0x21, 0x11, four + [0x03, 0x00, 0x03, 1, 2, 3]), .field(type: 3)),
        (ProxyHeaderTests.block(0x21, 0x11, four + [0x03, 0x00, 0x04, 1, 2, 3, 4]), .checksum),
    ]

    @Test("Wrong blocks are refused with what is wrong", arguments: wrongBlocks)
    func wrongBlock(bytes: [UInt8], fault: ProxyHeader.Fault) {
        #expect(throws: AdmissionError.proxyHeader(fault)) { try ProxyHeader.read(bytes) }
    }

    @Test("With a checksum, no bit of the addresses and fields can be another")
    func checksum() throws {
        let good = ProxyHeaderTests.block(0x21, 0x11, Self.four + ProxyHeaderTests.fields)
        #expect(throws: Never.self) { try ProxyHeader.read(good) }
        for position in 16..<28 {
            for bit in 0..<8 {
                var bad = good
                bad[position] ^= 1 << UInt8(bit)
                #expect(throws: AdmissionError.proxyHeader(.checksum)) {
                    try ProxyHeader.read(bad)
                }
            }
        }
    }

    @Test("Every fault says something else")
    func texts() {
        let faults = (Self.wrongLines.map(\.1) + Self.wrongBlocks.map(\.1)).map(\.description)
        #expect(
            Set(faults).count == Set(Self.wrongLines.map(\.1) + Self.wrongBlocks.map(\.1)).count
        )
        #expect("\(AdmissionError.proxyHeader(.checksum))".contains("checksum"))
    }
}
