package import WireFormat

/// What a client gives as its user name: `USER.SERVER`.
///
/// Split at the last dot, because user names may contain dots. SERVER is a short id of eight
/// characters or a full UUID.
package struct SignInName: Hashable, Sendable {
    /// The person, as the panel knows them.
    package let userName: String
    /// The server's short id or UUID, in lower case.
    package let server: String

    /// Reads unverified bytes; nil for what can name nobody.
    package init?(_ bytes: ByteString) {
        guard let text = String(validating: bytes.bytes, as: UTF8.self),
            let dot = text.lastIndex(of: ".")
        else { return nil }
        let userName = text[..<dot]
        let given = text[text.index(after: dot)...]
        // Folding case first would let characters in that only look like letters afterwards.
        guard given.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let server = given.lowercased()
        guard !userName.isEmpty, userName.utf8.count <= Self.maximumUserNameLength,
            Self.isShortID(server) || Self.isUUID(server)
        else { return nil }
        self.userName = String(userName)
        self.server = server
    }

    /// The longest user name that panels store, in bytes.
    private static let maximumUserNameLength = 191

    private static func isShortID(_ text: String) -> Bool {
        text.utf8.count == 8 && text.utf8.allSatisfy(isLetterOrDigit)
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12]
            && parts.allSatisfy { $0.allSatisfy(isLetterOrDigit) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}
