/// The name of one connection, from its acceptance to its last log line.
///
/// Unique for as long as the gate runs; random, so that one id says nothing about another.
package struct SessionID: Hashable, Sendable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// A new random id of 48 bits, short enough to type.
    package static func random() -> SessionID {
        SessionID(rawValue: UInt64.random(in: 1..<(1 << 48)))
    }

    /// Reads the twelve hexadecimal digits that `description` gives; else nil.
    package init?(_ text: String) {
        guard text.utf8.count == 12, let value = UInt64(text, radix: 16) else { return nil }
        rawValue = value
    }
}

extension SessionID: CustomStringConvertible {
    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    }
}
