import Glibc

/// Who was at the other end of a Unix socket when it connected (unix(7), SO_PEERCRED).
///
/// Laid out as the kernel's `struct ucred`, so that it can be read as a socket option.
package struct PeerCredentials: Hashable, Sendable {
    package let processID: Int32
    package let userID: UInt32
    package let groupID: UInt32

    /// The option's number at the level SOL_SOCKET.
    package static let socketOption = SO_PEERCRED
}
