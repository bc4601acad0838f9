extension IPAddress {
    /// Reads an address as people write it; nil for anything else.
    ///
    /// IPv4 is four decimal numbers without leading zeros, which some programs take for octal.
    /// IPv6 is what RFC 4291 section 2.2 allows, an IPv4 address as its last 32 bits included.
    /// Neither brackets nor a zone belong to an address.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        // Nothing longer is an address, and whoever sends megabytes is not listened to.
        guard bytes.count <= Self.longestText else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let bits = Self.sixteenBytes(bytes[...]) else { return nil }
            self.init(family: .v6, bits: bits)
        } else {
            guard let bits = Self.fourBytes(bytes[...]) else { return nil }
            self.init(family: .v4, bits: UInt128(bits))
        }
    }

    /// `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
    private static let longestText = 45

    private static func fourBytes(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard let number = DecimalNumber.read(part, upTo: 255) else { return nil }
            bits = bits << 8 | UInt32(number)
        }
        return bits
    }

    /// Reads what lies before and behind the one `::` there may be, or the whole without it.
    private static func sixteenBytes(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return number(groups)
        }
        let (front, back) = (text[..<gap], text[(gap + 2)...])
        guard let head = front.isEmpty ? [] : groups(front, isEnd: false),
            let tail = back.isEmpty ? [] : groups(back)
        else { return nil }
        // The gap stands for at least one group.
        let missing = 8 - head.count - tail.count
        guard missing >= 1 else { return nil }
        return number(head + [UInt16](repeating: 0, count: missing) + tail)
    }

    /// Groups of one to four hexadecimal digits; at the end of an address also an IPv4 address.
    private static func groups(_ text: ArraySlice<UInt8>, isEnd: Bool = true) -> [UInt16]? {
        var parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var embedded: [UInt16] = []
        if isEnd, let last = parts.last, last.contains(UInt8(ascii: ".")) {
            guard let bits = fourBytes(last) else { return nil }
            embedded = [
                UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits),
            ]
            parts.removeLast()
        }
        var groups: [UInt16] = []
        for part in parts {
            guard (1...4).contains(part.count) else { return nil }
            var group: UInt16 = 0
            for byte in part {
                guard let digit = hexadecimalDigit(byte) else { return nil }
                group = group << 4 | digit
            }
            groups.append(group)
        }
        return groups + embedded
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// One spelling for each address (RFC 5952 section 4).
    package var description: String {
        switch family {
        case .v4: return bytes.map { String($0) }.joined(separator: ".")
        case .v6:
            let groups = stride(from: 112, through: 0, by: -16).map { shift in
                UInt16(truncatingIfNeeded: bits >> UInt128(shift))
            }
            let gap = Self.longestRunOfZeros(groups)
            guard !gap.isEmpty else { return Self.joined(groups[...]) }
            return Self.joined(groups[..<gap.lowerBound]) + "::"
                + Self.joined(groups[gap.upperBound...])
        }
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of two or more zeros; empty where there is none.
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > max(1, longest.count) {
                longest = start..<index + 1
            }
        }
        return longest
    }
}
