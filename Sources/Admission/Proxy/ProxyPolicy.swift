/// Whose word about the client's address is taken.
///
/// Anybody could write a PROXY header, so only one from a trusted address means anything, and the
/// policy never asks for one from elsewhere: what a stranger sends is an SSH client's first line or
/// nothing.
package struct ProxyPolicy: Sendable {
    /// Whether connections are to begin with a PROXY header.
    package enum Mode: String, Hashable, Sendable, CaseIterable {
        /// Never: whatever comes is the client's.
        case off
        /// From trusted addresses they may. A connection that does not is that address's own. A
        /// client that waits for the server's first line waits until the time for the header is
        /// over, as nothing can be sent before it is known whether one comes.
        case optional
        /// From trusted addresses they must, and from elsewhere there are none.
        case required
    }

    /// What to do with a connection before anything else.
    package enum Expectation: Hashable, Sendable {
        /// The address that it comes from is the client's.
        case direct
        /// Wait for a header; without one the address is the client's.
        case headerOptional
        /// Wait for a header; without one the connection ends.
        case headerRequired
        /// End it: connections come through trusted addresses only.
        case refused
    }

    private let mode: Mode
    private let trusted: AddressTable<Void>

    /// The trusted ranges are the proxies' own addresses, as the gate sees them.
    ///
    /// They ought to be exempt from penalties as well: a health check that never signs in is no
    /// offence.
    package init(_ mode: Mode, trusted: [AddressRange]) {
        self.mode = mode
        self.trusted = AddressTable(trusted)
    }

    /// What is expected of a connection from `peer`, the address that the kernel tells.
    package func expectation(of peer: IPAddress) -> Expectation {
        let isTrusted = trusted.first(containing: peer) != nil
        switch (mode, isTrusted) {
        case (.off, _): return .direct
        case (.optional, true): return .headerOptional
        case (.optional, false): return .direct
        case (.required, true): return .headerRequired
        case (.required, false): return .refused
        }
    }
}
