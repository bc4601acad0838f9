/// The name a person signs in with, before the dot and the server.
///
/// Stored in lower case, so that case never tells two people apart.
package struct UserName: Hashable, Sendable {
    /// The longest name, in characters.
    package static let maximumLength = 191

    private let text: String

    /// Accepts letters, digits, `_`, `.` and `-`, a letter or digit first and last.
    ///
    /// A name that reads as a UUID is refused, because a user can be named by either.
    ///
    /// - Throws: `userName`, `userNameTooLong` or `userNameIsUUID`.
    package init(_ text: String) throws(InvalidValue) {
        let lowered = asciiLowercased(text)
        let bytes = lowered.utf8
        guard bytes.count <= Self.maximumLength else {
            throw .userNameTooLong(length: bytes.count)
        }
        guard let first = bytes.first, let last = bytes.last, isLowerAlphanumeric(first),
            isLowerAlphanumeric(last), bytes.allSatisfy(Self.isNameByte)
        else { throw .userName }
        guard !isUUIDText(lowered) else { throw .userNameIsUUID }
        self.text = lowered
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: isLowerAlphanumeric(byte)
        }
    }
}

extension UserName: CustomStringConvertible {
    package var description: String { text }
}
