/// Names a revocation: by whoever asks for it, so that they can ask again, or made up here.
package struct RevocationJobID: Hashable, Sendable {
    /// The longest id, in characters.
    package static let maximumLength = IdempotencyKey.maximumLength

    private let text: String

    /// Accepts what an Idempotency-Key may be, 1 to 255 printable characters of ASCII; else nil.
    package init?(_ text: String) {
        guard IdempotencyKey(text) != nil else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// A new id that nobody has used.
    package static func random() -> RevocationJobID {
        let bits = UInt128.random(in: 0...UInt128.max)
        let digits = String(bits, radix: 16)
        return RevocationJobID(
            unchecked: String(repeating: "0", count: 32 - digits.utf8.count) + digits
        )
    }
}

extension RevocationJobID: CustomStringConvertible {
    package var description: String { text }
}
