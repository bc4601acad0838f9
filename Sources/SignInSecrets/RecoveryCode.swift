import Crypto

/// A code on paper for the day on which the authenticator is lost; each works once.
///
/// It is random enough that a plain hash of it is safe to keep: nobody can try 2^80 of them.
package struct RecoveryCode: Hashable, Sendable {
    /// How many a person gets at a time.
    package static let countOfSet = 10

    private static let byteCount = 10
    private static let groupLength = 4

    private let bytes: [UInt8]

    /// A new code from the kernel's randomness.
    package static func random() -> RecoveryCode {
        RecoveryCode(trusted: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Reads what somebody typed; nil where it cannot be such a code.
    package init?(_ text: String) {
        guard let bytes = Base32.decode(text), bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    private init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The code as it is shown to its owner, once: `ABCD-EFGH-IJKL-MNOP`.
    package var text: String { GroupedText.text(of: bytes, groupLength: Self.groupLength) }

    /// What is kept of it (SHA-256).
    package var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension RecoveryCode: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<recovery code>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
