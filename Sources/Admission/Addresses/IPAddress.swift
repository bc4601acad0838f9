/// An IPv4 or IPv6 address, without port and zone.
///
/// An IPv4 address that is mapped into IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address: a
/// client that comes over either kind of socket is the same client, and no list can be passed by
/// choosing the other spelling.
package struct IPAddress: Hashable, Sendable {
    /// The two kinds of addresses.
    package enum Family: Hashable, Sendable, CaseIterable {
        case v4
        case v6

        /// How many bits an address has.
        package var width: Int {
            switch self {
            case .v4: 32
            case .v6: 128
            }
        }
    }

    /// The halves of `bits`.
    ///
    /// Not one number of 128 bits: Swift 6.3 calls a null pointer where the closure of a task captures
    /// something that is aligned to 16 bytes behind something that is not.
    private let high: UInt64
    private let low: UInt64
    package let family: Family

    /// The address as a number, most significant bit first; an IPv4 address is in the low 32 bits.
    var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// Maps what stands for an IPv4 address to that address.
    init(family: Family, bits: UInt128) {
        let isMapped = family == .v6 && bits >> 32 == Self.mappedPrefix
        let bits = isMapped ? bits & UInt128(UInt32.max) : bits
        self.family = isMapped ? .v4 : family
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    /// Takes four bytes or sixteen, most significant first; nil for another number of them.
    package init?(bytes: some Collection<UInt8>) {
        let family: Family
        switch bytes.count {
        case 4: family = .v4
        case 16: family = .v6
        default: return nil
        }
        self.init(family: family, bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// Four bytes or sixteen, most significant first.
    package var bytes: [UInt8] {
        stride(from: family.width - 8, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: bits >> UInt128(shift))
        }
    }

    /// Nobody's address (RFC 1122 section 3.2.1.3).
    package static let unspecified = IPAddress(family: .v4, bits: 0)

    /// `::ffff:0:0/96`, without its last 32 bits.
    private static let mappedPrefix: UInt128 = 0xFFFF
}
