/// By what a caller recognises its own request when it sends it again.
package struct IdempotencyKey: Hashable, Sendable {
    /// The longest key, in characters.
    package static let maximumLength = 255

    private let text: String

    /// Accepts 1 to 255 printable characters of ASCII; else nil.
    package init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { return nil }
        self.text = text
    }
}

extension IdempotencyKey: CustomStringConvertible {
    package var description: String { text }
}
