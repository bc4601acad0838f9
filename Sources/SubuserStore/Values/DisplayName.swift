/// What people call a server or a key: one line of text.
package struct DisplayName: Hashable, Sendable {
    /// The longest name, in characters.
    package static let maximumLength = 191

    /// The longest name, in bytes: a character can carry any number of marks.
    private static let maximumByteCount = 764

    private let text: String

    /// Accepts 1 to 191 characters, none of them a control character.
    ///
    /// - Throws: `displayName`.
    package init(_ text: String) throws(InvalidValue) {
        let isPrintable = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
        guard (1...Self.maximumLength).contains(text.count), isPrintable,
            text.utf8.count <= Self.maximumByteCount,
            !text.allSatisfy(\.isWhitespace)
        else { throw .displayName }
        self.text = text
    }
}

extension DisplayName: CustomStringConvertible {
    package var description: String { text }
}
