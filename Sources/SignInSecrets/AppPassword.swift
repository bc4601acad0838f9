import Crypto

/// A password that the gate made for one program of a person, for programs that can neither use a
/// key nor ask for a code.
///
/// It is random enough that a plain hash of it is safe to keep, and so quick to check.
package struct AppPassword: Hashable, Sendable {
    /// What every one begins with, so that one that was left lying about can be recognised.
    package static let prefix = "sftp-"

    private static let byteCount = 20
    private static let groupLength = 8

    private let bytes: [UInt8]

    /// A new one from the kernel's randomness.
    package static func random() -> AppPassword {
        AppPassword(trusted: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// Reads what a client sent as a password; nil where it cannot be such a one.
    package init?(_ password: [UInt8]) {
        let prefix = Array(Self.prefix.utf8)
        guard password.starts(with: prefix),
            let text = String(validating: password.dropFirst(prefix.count), as: UTF8.self),
            let bytes = Base32.decode(text), bytes.count == Self.byteCount
        else { return nil }
        self.bytes = bytes
    }

    private init(trusted bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The password as it is shown to its owner, once: `sftp-` and four groups of eight characters.
    package var text: String {
        Self.prefix + GroupedText.text(of: bytes, groupLength: Self.groupLength).lowercased()
    }

    /// What is kept of it (SHA-256).
    package var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension AppPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<app password>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
