/// What a person's authenticator and the gate both know (RFC 4226 section 4, requirement 6).
package struct SharedSecret: Hashable, Sendable {
    /// How many bytes one may have; RFC 4226 wants at least 128 bits, and authenticators take no
    /// more than a block of the hash.
    package static let lengths = 16...64
    /// What RFC 4226 recommends.
    private static let usualLength = 20

    /// The secret itself; not to be shown to anybody but its owner, once.
    package let bytes: [UInt8]

    /// Takes a secret that exists; nil where its length is not in `lengths`.
    package init?(_ bytes: [UInt8]) {
        guard Self.lengths.contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    /// Reads a secret in base32, as panels and authenticators show it.
    package init?(base32 text: String) {
        guard let bytes = Base32.decode(text) else { return nil }
        self.init(bytes)
    }

    /// A new secret from the kernel's randomness.
    package static func random() -> SharedSecret {
        SharedSecret(trusted: (0..<usualLength).map { _ in UInt8.random(in: .min ... .max) })
    }

    private init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The secret for people who type it in.
    package var base32: String { Base32.encode(bytes) }
}

extension SharedSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<shared secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
