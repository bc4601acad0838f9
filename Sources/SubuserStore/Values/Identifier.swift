/// The UUID of one kind of record, as lower-case text: what panels know it by.
///
/// The subject only keeps the id of a user from being taken for that of a server.
package struct Identifier<Subject>: Hashable, Sendable {
    private let text: String

    /// Accepts the 36 characters of a UUID in any case, whatever its version; else nil.
    package init?(_ text: String) {
        let lowered = asciiLowercased(text)
        guard isUUIDText(lowered) else { return nil }
        self.text = lowered
    }

    /// A new random one (RFC 9562 section 5.4).
    package static func random() -> Identifier {
        var high = UInt64.random(in: .min ... .max)
        var low = UInt64.random(in: .min ... .max)
        high = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        low = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = Array((hexadecimal(high) + hexadecimal(low)).utf8)
        let bounds = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return Identifier(
            trusted: bounds.map { String(decoding: digits[$0], as: UTF8.self) }
                .joined(separator: "-")
        )
    }

    private init(trusted text: String) {
        self.text = text
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Identifier: CustomStringConvertible {
    package var description: String { text }
}

/// A user's UUID.
package typealias UserID = Identifier<User>
/// A server's UUID.
package typealias ServerID = Identifier<Server>

/// Whether `text` is a UUID in lower case: 8, 4, 4, 4 and 12 hexadecimal digits.
func isUUIDText(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    return parts.map(\.count) == [8, 4, 4, 4, 12]
        && parts.allSatisfy { $0.allSatisfy(isLowerHexadecimal) }
}

private func isLowerHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
}
