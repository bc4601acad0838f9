import Admission
import Testing

@Suite("Allow and deny lists")
struct AddressListTests {
    private func ranges(_ texts: String...) throws -> [AddressRange] {
        try texts.map { try AddressRange($0) }
    }

    private func address(_ text: String) throws -> IPAddress {
        try #require(IPAddress(text))
    }

    @Test("Empty lists allow everybody")
    func empty() throws {
        let list = AddressList()
        #expect(try list.decide(address("192.0.2.1")) == .allowed(by: nil))
        #expect(try list.decide(address("::1")).admission == .admitted)
    }

    @Test("An allow list allows what it names and nobody else")
    func allow() throws {
        let list = AddressList(allow: try ranges("10.0.0.0/8", "2001:db8::/32"))
        #expect(try list.decide(address("10.9.9.9")) == .allowed(by: AddressRange("10.0.0.0/8")))
        #expect(
            try list.decide(address("2001:db8::5")) == .allowed(by: AddressRange("2001:db8::/32"))
        )
        #expect(try list.decide(address("11.0.0.1")) == .notListed)
        #expect(try list.decide(address("11.0.0.1")).admission == .refused(.notListed))
    }

    @Test("Denying wins, also over a narrower range that is allowed, and says by which range")
    func deny() throws {
        let list = AddressList(
            allow: try ranges("10.0.0.0/8", "10.1.2.3"),
            deny: try ranges("10.1.0.0/16")
        )
        #expect(try list.decide(address("10.2.0.1")) == .allowed(by: AddressRange("10.0.0.0/8")))
        let denied = try AddressRange("10.1.0.0/16")
        #expect(try list.decide(address("10.1.2.3")) == .denied(by: denied))
        #expect(
            try list.decide(address("10.1.2.3")).admission == .refused(.denied(range: denied))
        )
    }

    @Test("A mapped address does not pass a denied IPv4 range")
    func mapped() throws {
        let list = AddressList(deny: try ranges("192.0.2.0/24"))
        #expect(try list.decide(address("192.0.3.1")) == .allowed(by: nil))
        #expect(
            try list.decide(address("::ffff:192.0.2.7"))
                == .denied(by: AddressRange("192.0.2.0/24"))
        )
    }

    @Test("The narrowest of several ranges is the reason")
    func narrowest() throws {
        let list = AddressList(deny: try ranges("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16"))
        #expect(try list.decide(address("10.1.0.1")) == .denied(by: AddressRange("10.1.0.0/16")))
        #expect(try list.decide(address("10.2.0.1")) == .denied(by: AddressRange("10.0.0.0/8")))
        #expect(try list.decide(address("9.2.0.1")) == .denied(by: AddressRange("0.0.0.0/0")))
    }

    @Test("The table says the same as looking at every range")
    func sameAsLinear() throws {
        var numbers = Numbers(seed: 2)
        func randomAddress() throws -> IPAddress {
            // Few different bits, so that ranges and addresses meet.
            let count = numbers.below(2) == 0 ? 4 : 16
            let bytes = (0..<count).map { _ in UInt8(numbers.below(3)) }
            return try #require(IPAddress(bytes: bytes))
        }
        var table = AddressTable<Int>()
        var linear: [AddressRange: Int] = [:]
        for round in 0..<3000 {
            let range = AddressRange(around: try randomAddress(), length: numbers.below(130))
            let value = numbers.below(3) == 0 ? nil : round
            table[range] = value
            linear[range] = value
            let address = try randomAddress()
            let expected = linear.filter { $0.key.contains(address) }
                .max { $0.key.prefixLength < $1.key.prefixLength }
            let found = table.first(containing: address)
            #expect(found?.range == expected?.key)
            #expect(found?.value == expected?.value)
        }
        #expect(table.count == linear.count)
        for range in linear.keys { table[range] = nil }
        #expect(table.isEmpty)
        #expect(table.first(containing: try randomAddress()) == nil)
    }

    @Test("Fifty thousand ranges of every length are looked up in a moment")
    func many() throws {
        var numbers = Numbers(seed: 3)
        let deny = try (0..<50_000).map { index in
            let bytes = (0..<16).map { _ in UInt8(numbers.below(256)) }
            return AddressRange(
                around: try #require(IPAddress(bytes: [0x20] + bytes.dropFirst())),
                length: 16 + index % 113
            )
        }
        let list = AddressList(deny: deny)
        let elsewhere = try address("fd00::1")
        let duration = ContinuousClock().measure {
            for _ in 0..<1000 where list.decide(elsewhere) != .allowed(by: nil) {
                Issue.record("an address is denied that no range has")
            }
        }
        for range in deny.prefix(500) {
            guard case .denied(let found) = list.decide(range.network) else {
                Issue.record("\(range) does not deny its own address")
                continue
            }
            #expect(found.contains(range.network))
        }
        // A look at each of them would take minutes in a debug build.
        #expect(duration < .seconds(10))
    }
}
