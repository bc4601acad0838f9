import LinuxSystem

/// The IPv4 or IPv6 address of a person's own computer, as a panel tells it.
package struct ClientAddress: Hashable, Sendable {
    private let address: SocketAddress

    /// Reads a numeric address, without brackets, port or zone; nil for anything else.
    package init?(_ text: String) {
        // Nothing else reaches the C library, which would stop at a zero byte.
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: ":"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        guard isPlain, let address = SocketAddress(host: text, port: 0) else { return nil }
        self.address = address
    }
}

extension ClientAddress: CustomStringConvertible {
    /// One spelling for each address (RFC 5952).
    package var description: String { address.host }
}
