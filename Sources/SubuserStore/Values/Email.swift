/// An email address: `local@domain` in ASCII (RFC 5321 section 4.1.2, without quoting).
///
/// The part before the `@` may be longer than the 64 characters of RFC 5321 section 4.5.3.1.1:
/// panels take such addresses, and mirror them here.
///
/// Kept as it was given; two that differ in case only are the same, here and in the store.
package struct Email: Sendable {
    /// The longest address, in characters: what panels store.
    package static let maximumLength = 191

    private let text: String

    /// Accepts an address of at most `maximumLength` characters.
    ///
    /// - Throws: `email` or `emailTooLong`.
    package init(_ text: String) throws(InvalidValue) {
        guard text.count <= Self.maximumLength else { throw .emailTooLong(length: text.count) }
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isLocalPart(parts[0]), Self.isDomain(parts[1]) else {
            throw .email
        }
        self.text = text
    }

    /// RFC 1035 section 2.3.4.
    private static let maximumLabelLength = 63

    private static func isLocalPart(_ bytes: Substring.UTF8View) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtomByte) }
    }

    private static func isDomain(_ bytes: Substring.UTF8View) -> Bool {
        bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .allSatisfy { label in
                let hyphen = UInt8(ascii: "-")
                return (1...maximumLabelLength).contains(label.count)
                    && label.allSatisfy { isAlphanumeric($0) || $0 == hyphen }
                    && label.first != hyphen && label.last != hyphen
            }
    }

    /// RFC 5322 section 3.2.3, atext.
    private static func isAtomByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: isLowerAlphanumeric(byte)
        }
    }
}

extension Email: Hashable {
    package static func == (left: Email, right: Email) -> Bool {
        left.text.lowercased() == right.text.lowercased()
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(text.lowercased())
    }
}

extension Email: CustomStringConvertible {
    package var description: String { text }
}
