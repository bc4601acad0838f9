import Crypto

/// The hash by which OpenSSH names a public key: `SHA256:` and 43 characters of Base64.
package struct KeyFingerprint: Hashable, Sendable {
    private static let prefix = "SHA256:"
    /// 32 bytes as Base64, without the padding.
    private static let digestLength = 43

    private let text: String

    /// The fingerprint of a public key's blob (RFC 4253 section 6.6).
    package init(ofBlob blob: [UInt8]) {
        text = Self.prefix + Base64.encodeUnpadded(Array(SHA256.hash(data: blob)))
    }

    /// Reads a fingerprint with or without `SHA256:`; nil for anything else.
    package init?(_ text: String) {
        let digest = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard digest.utf8.count == Self.digestLength, let bytes = Base64.decode(digest + "="),
            Base64.encodeUnpadded(bytes) == digest
        else { return nil }
        self.text = Self.prefix + digest
    }
}

extension KeyFingerprint: CustomStringConvertible {
    package var description: String { text }
}
