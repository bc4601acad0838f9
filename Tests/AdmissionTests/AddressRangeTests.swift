import Admission
import Testing

@Suite("Address ranges")
struct AddressRangeTests {
    @Test(
        "Every spelling of a range becomes the one canonical text",
        arguments: [
            ("10.0.0.0/8", "10.0.0.0/8"), ("0.0.0.0/0", "0.0.0.0/0"), ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3/32", "10.1.2.3"), ("2001:DB8::/32", "2001:db8::/32"), ("::/0", "::/0"),
            ("::1", "::1"), ("::1/128", "::1"), ("2001:db8:0:8::/61", "2001:db8:0:8::/61"),
            ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:10.1.2.3", "10.1.2.3"),
            ("::ffff:0.0.0.0/96", "0.0.0.0/0"),
        ]
    )
    func canonical(text: String, canonical: String) throws {
        let range = try AddressRange(text)
        #expect(range.description == canonical)
        #expect(try AddressRange(canonical) == range)
    }

    @Test(
        "What is no address is called that",
        arguments: ["", "/8", "10.0.0/8", "010.0.0.0/8", "fe80::1%eth0/64", "10.0.0.0-10.0.0.9"]
    )
    func notAnAddress(text: String) {
        #expect(throws: AdmissionError.notAnAddress) { try AddressRange(text) }
    }

    @Test(
        "A prefix length is a plain number within the address",
        arguments: [
            ("10.0.0.0/", 0...32), ("10.0.0.0/33", 0...32), ("10.0.0.0/08", 0...32),
            ("10.0.0.0/-1", 0...32), ("10.0.0.0/8 ", 0...32), ("10.0.0.0/8/8", 0...32),
            ("10.0.0.0/255.0.0.0", 0...32), ("10.0.0.0/18446744073709551624", 0...32),
            ("::/129", 0...128), ("::ffff:10.0.0.0/8", 96...128),
        ]
    )
    func prefixLength(text: String, allowed: ClosedRange<Int>) {
        #expect(throws: AdmissionError.prefixLength(allowed: allowed)) { try AddressRange(text) }
    }

    @Test("An address with bits beyond its prefix is refused, and both things it can mean are said")
    func bitsBeyondPrefix() throws {
        let error = #expect(throws: AdmissionError.self) { try AddressRange("10.1.2.3/8") }
        #expect(error?.description.contains("10.0.0.0/8") == true)
        #expect(error?.description.contains("10.1.2.3 ") == true)
        let six = #expect(throws: AdmissionError.self) { try AddressRange("2001:db8::1/32") }
        #expect(six?.description.contains("2001:db8::/32") == true)
        #expect(throws: Never.self) { try AddressRange("10.1.2.3/32") }
    }

    @Test("A range has its first and its last address, and neither neighbour")
    func edges() throws {
        let four = try AddressRange("192.0.2.64/26")
        for (text, isInside) in [
            ("192.0.2.63", false), ("192.0.2.64", true), ("192.0.2.127", true),
            ("192.0.2.128", false), ("::c000:240", false),
        ] {
            let address = try #require(IPAddress(text))
            #expect(four.contains(address) == isInside, "\(text)")
        }
        let six = try AddressRange("2001:db8:0:8::/61")
        for (text, isInside) in [
            ("2001:db8:0:7:ffff:ffff:ffff:ffff", false), ("2001:db8:0:8::", true),
            ("2001:db8:0:f:ffff:ffff:ffff:ffff", true), ("2001:db8:0:10::", false),
        ] {
            let address = try #require(IPAddress(text))
            #expect(six.contains(address) == isInside, "\(text)")
        }
    }

    @Test("The range of everything has everything of its family alone")
    func everything() throws {
        let four = try #require(IPAddress("255.255.255.255"))
        let six = try #require(IPAddress("ffff::ffff"))
        #expect(try AddressRange("0.0.0.0/0").contains(four))
        #expect(try !AddressRange("0.0.0.0/0").contains(six))
        #expect(try AddressRange("::/0").contains(six))
        #expect(try !AddressRange("::/0").contains(four))
    }

    @Test("A range has the ranges inside it, itself included, and no wider one")
    func nesting() throws {
        let (wide, narrow) = (try AddressRange("10.0.0.0/8"), try AddressRange("10.2.0.0/16"))
        #expect(wide.contains(narrow))
        #expect(wide.contains(wide))
        #expect(!narrow.contains(wide))
        #expect(try !wide.contains(AddressRange("11.0.0.0/16")))
    }

    @Test("Ranges are ordered by family, address and width")
    func order() throws {
        let sorted = try ["9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.1", "::/0", "::1"]
            .map { try AddressRange($0) }
        #expect(sorted.shuffled().sorted() == sorted)
    }

    @Test(
        "A source is one IPv4 address or the IPv6 network of one line, unless it is said otherwise"
    )
    func sources() throws {
        let (one, other) = (
            try #require(IPAddress("2001:db8::1")), try #require(IPAddress("2001:db8::ffff:2"))
        )
        #expect(Source(one) == Source(other))
        #expect(Source(one).description == "2001:db8::/64")
        let four = try #require(IPAddress("192.0.2.9"))
        #expect(Source(four).description == "192.0.2.9")
        let grouping = try #require(SourceGrouping(v4: 24, v6: 128))
        #expect(Source(four, grouping).description == "192.0.2.0/24")
        #expect(Source(one, grouping) != Source(other, grouping))
        #expect(SourceGrouping(v4: 0, v6: 64) == nil)
        #expect(SourceGrouping(v4: 33, v6: 64) == nil)
        #expect(SourceGrouping(v4: 32, v6: 0) == nil)
        #expect(SourceGrouping(v4: 32, v6: 129) == nil)
    }
}
