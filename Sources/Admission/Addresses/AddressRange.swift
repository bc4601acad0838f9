/// The addresses that begin with the same bits (CIDR, RFC 4632): `10.0.0.0/8`, `2001:db8::/32`.
package struct AddressRange: Hashable, Sendable {
    /// The first address; every bit beyond the prefix is zero.
    package let network: IPAddress
    private let length: UInt8

    /// The range of `address`'s first `length` bits; a length beyond the possible is cut to it.
    package init(around address: IPAddress, length: Int) {
        let length = min(max(0, length), address.family.width)
        network = IPAddress(
            family: address.family,
            bits: address.bits & Self.mask(length, of: address.family)
        )
        self.length = UInt8(length)
    }

    /// Reads `ADDRESS/LENGTH`, or an address alone, which is the range of that address.
    ///
    /// A range of mapped IPv4 addresses is the IPv4 range: `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    ///
    /// - Throws: `notAnAddress`, `prefixLength`, or `bitsBeyondPrefix` for `10.0.0.1/8`: whoever
    ///   wrote that meant either one address or a range, and only they know which.
    package init(_ text: some StringProtocol) throws(AdmissionError) {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        guard let address = IPAddress(text[..<slash]) else { throw .notAnAddress }
        guard slash != text.endIndex else {
            self.init(around: address, length: address.family.width)
            return
        }
        let isMapped = address.family == .v4 && text[..<slash].utf8.contains(UInt8(ascii: ":"))
        let allowed = isMapped ? 96...128 : 0...address.family.width
        let digits = Array(text[text.index(after: slash)...].utf8.prefix(6))
        guard let length = DecimalNumber.read(digits[...], upTo: allowed.upperBound),
            allowed.contains(length)
        else { throw .prefixLength(allowed: allowed) }
        self.init(around: address, length: isMapped ? length - 96 : length)
        guard network == address else { throw .bitsBeyondPrefix(of: address, range: self) }
    }

    /// How many leading bits the addresses share: 0 to 32, or 0 to 128.
    package var prefixLength: Int { Int(length) }

    /// Whether it is the range of one address alone.
    package var isSingle: Bool { prefixLength == network.family.width }

    /// Whether `address` is one of the range; one of the other family never is.
    package func contains(_ address: IPAddress) -> Bool {
        address.family == network.family
            && address.bits & Self.mask(prefixLength, of: address.family) == network.bits
    }

    /// Whether every address of `other` is one of the range.
    package func contains(_ other: AddressRange) -> Bool {
        prefixLength <= other.prefixLength && contains(other.network)
    }

    private static func mask(_ length: Int, of family: IPAddress.Family) -> UInt128 {
        let all = UInt128.max >> UInt128(128 - family.width)
        // Shifting by all bits or more leaves zero, which is what a prefix of no bits needs.
        return all & ~(all >> UInt128(length))
    }
}

extension AddressRange: Comparable {
    /// IPv4 first, then by the first address, the wider range first.
    package static func < (left: AddressRange, right: AddressRange) -> Bool {
        let (a, b) = (left.network, right.network)
        return (a.family.width, a.bits, left.length) < (b.family.width, b.bits, right.length)
    }
}

extension AddressRange: CustomStringConvertible {
    /// The canonical text, which the failing initialiser reads; a single address has no length.
    package var description: String { isSingle ? "\(network)" : "\(network)/\(length)" }
}
