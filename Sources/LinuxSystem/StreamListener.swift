import CLinux
import Glibc

/// A TCP socket that accepts clients.
package struct StreamListener: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    /// The address it is bound to, with the port that the kernel chose if none was given.
    package let address: SocketAddress

    /// Connections the kernel holds until they are accepted, or `net.core.somaxconn` if that is less.
    ///
    /// Where there is no room, a client that may come waits a second before it tries again.
    private static let backlog: Int32 = 4096

    /// Listens on `address`; IPv6 listeners take IPv6 only, so that both can share a port.
    package init(on address: SocketAddress) throws(SystemError) {
        let family = address.family
        let descriptor = FileDescriptor(
            owning: try valueOrErrno("socket") {
                socket(
                    family,
                    Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
                        | Int32(SOCK_NONBLOCK.rawValue),
                    0
                )
            }
        )
        let number = descriptor.rawValue
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        // SAFETY: the value lives across the calls and its size goes with it.
        _ = try valueOrErrno("setsockopt(SO_REUSEADDR)") {
            unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &one, size)
        }
        if family == AF_INET6 {
            _ = try valueOrErrno("setsockopt(IPV6_V6ONLY)") {
                unsafe setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size)
            }
        }
        // SAFETY: the address is lent for the call and its size goes with it.
        _ = try valueOrErrno("bind") {
            unsafe address.withSystemAddress { unsafe bind(number, $0, $1) }
        }
        _ = try valueOrErrno("listen") { listen(number, Self.backlog) }
        self.address = try SocketAddress.local(of: number)
        self.descriptor = descriptor
    }

    /// The number, to watch for readiness.
    package var rawValue: Int32 { descriptor.rawValue }

    /// A client that was waiting, and where it comes from.
    package struct Client: ~Copyable {
        package let socket: FileDescriptor
        package let address: SocketAddress

        /// The socket alone, with its ownership.
        package consuming func takeSocket() -> FileDescriptor { socket }
    }

    /// Takes one waiting client, or nil when there is none.
    ///
    /// A client that left while it waited is skipped. Out of descriptors is an error to tell.
    package borrowing func accept() throws(SystemError) -> Client? {
        let number = descriptor.rawValue
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let client: Int32
        do throws(SystemError) {
            client = try valueOrErrno("accept4") {
                // SAFETY: the storage is large enough for any address and its size goes with it.
                unsafe clinux_accept(number, &storage, &length)
            }
        } catch {
            switch error.code {
            case .tryAgain, .connectionAborted: return nil
            default: throw error
            }
        }
        return Client(
            socket: FileDescriptor(owning: client),
            address: SocketAddress(storage) ?? .unknown
        )
    }
}
