import Admission
import Testing

@Suite("Addresses as text and bytes")
struct IPAddressTests {
    struct Vector: CustomTestStringConvertible, Sendable {
        let text: String
        let canonical: String
        var testDescription: String { text }
    }

    static let spellings: [Vector] = [
        Vector(text: "0.0.0.0", canonical: "0.0.0.0"),
        Vector(text: "192.0.2.1", canonical: "192.0.2.1"),
        Vector(text: "255.255.255.255", canonical: "255.255.255.255"),
        Vector(text: "::", canonical: "::"),
        Vector(text: "::1", canonical: "::1"),
        Vector(text: "1::", canonical: "1::"),
        Vector(text: "2001:DB8::AbCd", canonical: "2001:db8::abcd"),
        Vector(text: "2001:0db8:0000:0000:0000:0000:0000:0001", canonical: "2001:db8::1"),
        // RFC 5952 section 4.2.2: one group of zeros is not shortened.
        Vector(text: "2001:db8::1:1:1:1:1", canonical: "2001:db8:0:1:1:1:1:1"),
        // Section 4.2.3: the longest run, and of two the first.
        Vector(text: "2001:0:0:1:0:0:0:1", canonical: "2001:0:0:1::1"),
        Vector(text: "2001:db8:0:0:1:0:0:1", canonical: "2001:db8::1:0:0:1"),
        Vector(text: "1:2:3:4:5:6:0:0", canonical: "1:2:3:4:5:6::"),
        Vector(text: "0:0:3:4:5:6:7:8", canonical: "::3:4:5:6:7:8"),
        Vector(text: "1:2:3:4:5:6:7::", canonical: "1:2:3:4:5:6:7:0"),
        Vector(text: "::2:3:4:5:6:7:8", canonical: "0:2:3:4:5:6:7:8"),
        Vector(text: "64:ff9b::192.0.2.33", canonical: "64:ff9b::c000:221"),
        Vector(text: "1:2:3:4:5:6:1.2.3.4", canonical: "1:2:3:4:5:6:102:304"),
        Vector(text: "::1.2.3.4", canonical: "::102:304"),
        Vector(text: "::ffff:192.0.2.1", canonical: "192.0.2.1"),
        Vector(text: "0:0:0:0:0:FFFF:c000:0201", canonical: "192.0.2.1"),
        Vector(text: "::fffe:192.0.2.1", canonical: "::fffe:c000:201"),
    ]

    @Test("Every spelling becomes the one canonical text", arguments: spellings)
    func canonical(vector: Vector) throws {
        let address = try #require(IPAddress(vector.text))
        #expect(address.description == vector.canonical)
        #expect(IPAddress(vector.canonical) == address)
    }

    static let mistakes: [String] = [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.256", "1.2.3.1000",
        "01.2.3.4", "1.2.3.00", "1.2.3.-4", "+1.2.3.4", "1.2.3.4 ", " 1.2.3.4", "0x1.2.3.4",
        "1.2.3.a",
        "1.2.3.4/32", "1.2.3.4:22", "٣.2.3.4", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4::5:6:7:8", "1::2::3", ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::1:", ":1::",
        "12345::",
        "g::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::01.2.3.4", "1.2.3.4::", "::1.2.3.4:5",
        "1:1.2.3.4::", "fe80::1%eth0", "[::1]", "::1\u{0}", "::ffff:1.2.3.4.5", "1:::2",
    ]

    @Test("Nothing else is an address", arguments: mistakes)
    func wrong(text: String) {
        #expect(IPAddress("192.0.2.1") != nil)
        #expect(IPAddress(text) == nil)
    }

    @Test("A text of a megabyte is refused without being read")
    func long() {
        #expect(IPAddress(String(repeating: "1:", count: 500_000)) == nil)
        #expect(IPAddress(String(repeating: "0", count: 500_000) + "1.2.3.4") == nil)
    }

    @Test("Four and sixteen bytes are addresses, and every other number of them is none")
    func bytes() throws {
        let four = try #require(IPAddress(bytes: [192, 0, 2, 1]))
        #expect(four == IPAddress("192.0.2.1"))
        #expect(four.bytes == [192, 0, 2, 1])
        #expect(four.family == .v4)
        let sixteen = try #require(
            IPAddress(bytes: [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7])
        )
        #expect(sixteen.description == "2001:db8::7")
        #expect(sixteen.family == .v6)
        #expect(IPAddress(bytes: sixteen.bytes) == sixteen)
        for count in 0...40 where count != 4 && count != 16 {
            #expect(IPAddress(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }

    @Test("A mapped address is the IPv4 address, whichever way it comes")
    func mapped() throws {
        let mapped = try #require(
            IPAddress(bytes: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 192, 0, 2, 1])
        )
        #expect(mapped.family == .v4)
        #expect(mapped.bytes == [192, 0, 2, 1])
        #expect(mapped == IPAddress("192.0.2.1"))
    }

    @Test("A task can capture a source beside something else")
    func capture() async {
        let (text, source) = ("beside", Source(.test("2001:db8::1")))
        let shown = await Task { "\(text) \(source)" }.value
        #expect(shown == "beside 2001:db8::/64")
    }

    @Test("Text and bytes of random addresses lead back to the same address")
    func roundTrips() throws {
        var numbers = Numbers(seed: 1)
        for _ in 0..<2000 {
            // Many zeros, so that there is something to shorten.
            let bytes = (0..<16).map { _ in
                numbers.below(2) == 0 ? 0 : UInt8(numbers.below(256))
            }
            for bytes in [bytes, Array(bytes.prefix(4))] {
                let address = try #require(IPAddress(bytes: bytes))
                #expect(IPAddress(address.description) == address)
                #expect(IPAddress(bytes: address.bytes) == address)
            }
        }
    }
}
