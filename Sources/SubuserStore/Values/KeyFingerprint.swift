import Crypto

/// The hash by which OpenSSH names a public key: `SHA256:` and 43 characters of Base64.
package struct KeyFingerprint: Hashable, Sendable {
    private static let prefix = "SHA256:"
    private static let digestLength = 32

    /// The SHA-256 hash itself, 32 bytes.
    package let digest: [UInt8]

    /// The fingerprint of a public key's blob (RFC 4253 section 6.6).
    package init(ofBlob blob: [UInt8]) {
        digest = Array(SHA256.hash(data: blob))
    }

    /// Reads a fingerprint with or without `SHA256:`; nil for anything else.
    package init?(_ text: String) {
        let base64 = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        guard let bytes = Base64.decode(base64 + "="), bytes.count == Self.digestLength,
            Base64.encodeUnpadded(bytes) == base64
        else { return nil }
        digest = bytes
    }
}

extension KeyFingerprint: CustomStringConvertible {
    package var description: String { Self.prefix + Base64.encodeUnpadded(digest) }
}
