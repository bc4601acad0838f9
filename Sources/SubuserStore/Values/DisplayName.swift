/// What people call a server or a key: one line of text.
package struct DisplayName: Hashable, Sendable {
    /// The longest name, in Unicode's code points, as databases and JSON schemas count.
    package static let maximumLength = 191

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
        guard (1...Self.maximumLength).contains(text.unicodeScalars.count), isPrintable,
            !text.allSatisfy(\.isWhitespace)
        else { throw .displayName }
        self.text = text
    }
}

extension DisplayName: CustomStringConvertible {
    package var description: String { text }
}
