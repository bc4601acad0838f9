/// Where connections come from, as far as limits are concerned: an address and its neighbours.
///
/// Whoever has an IPv6 line has at least 2⁶⁴ addresses, so a limit for each address would limit
/// nothing. How many neighbours count as one is said by `SourceGrouping`.
package struct Source: Hashable, Sendable {
    /// The addresses that count as this one source.
    package let range: AddressRange

    /// The source that `address` belongs to.
    package init(_ address: IPAddress, _ grouping: SourceGrouping = SourceGrouping()) {
        range = AddressRange(around: address, length: grouping.prefixLength(address.family))
    }

    /// A source that was kept; its range is as it was grouped then.
    package init(range: AddressRange) {
        self.range = range
    }
}

extension Source: CustomStringConvertible {
    /// An address, or a range where more than one counts.
    package var description: String { range.description }
}

/// How many leading bits two addresses share that count as one source.
package struct SourceGrouping: Hashable, Sendable {
    private let v4: Int
    private let v6: Int

    /// One IPv4 address, and the IPv6 network of one line.
    package init() {
        v4 = 32
        v6 = 64
    }

    /// Prefix lengths of 1 to 32 and 1 to 128; nil for others: with 0 the whole world is one source.
    package init?(v4: Int, v6: Int) {
        guard (1...IPAddress.Family.v4.width).contains(v4),
            (1...IPAddress.Family.v6.width).contains(v6)
        else { return nil }
        self.v4 = v4
        self.v6 = v6
    }

    /// The prefix length for addresses of a family.
    package func prefixLength(_ family: IPAddress.Family) -> Int {
        switch family {
        case .v4: v4
        case .v6: v6
        }
    }
}
