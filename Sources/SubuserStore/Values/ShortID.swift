/// The eight characters by which people name a server: the beginning of its UUID.
package struct ShortID: Hashable, Sendable {
    /// How many characters there are.
    package static let length = 8

    private let text: String

    /// Accepts eight letters or digits in any case; else nil.
    package init?(_ text: String) {
        let lowered = asciiLowercased(text)
        guard lowered.utf8.count == Self.length, lowered.utf8.allSatisfy(isLowerAlphanumeric) else {
            return nil
        }
        self.text = lowered
    }

    /// The short id of the server with this UUID.
    package init(of server: ServerID) {
        text = String(server.description.prefix(Self.length))
    }
}

extension ShortID: CustomStringConvertible {
    package var description: String { text }
}
