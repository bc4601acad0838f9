import Glibc

/// An IPv4 or IPv6 address with a port.
package struct SocketAddress: Hashable, Sendable {
    /// The address family of the kernel.
    let family: Int32
    /// Four bytes or sixteen, most significant first.
    package let bytes: [UInt8]
    package let port: UInt16
    /// The interface of a link-local IPv6 address; 0 for others.
    private let scope: UInt32

    private init(family: Int32, bytes: [UInt8], port: UInt16, scope: UInt32) {
        self.family = family
        self.bytes = bytes
        self.port = port
        self.scope = scope
    }

    /// Stands for a peer whose address the kernel did not tell.
    package static let unknown = SocketAddress(
        family: AF_INET,
        bytes: [0, 0, 0, 0],
        port: 0,
        scope: 0
    )

    /// Reads a numeric address, without brackets; nil for anything else.
    package init?(host: String, port: UInt16) {
        var four = in_addr()
        var six = in6_addr()
        // SAFETY: each structure is what inet_pton fills in for its family.
        if unsafe inet_pton(AF_INET, host, &four) == 1 {
            let bytes = unsafe withUnsafeBytes(of: four) { unsafe Array($0) }
            self.init(family: AF_INET, bytes: bytes, port: port, scope: 0)
        } else if unsafe inet_pton(AF_INET6, host, &six) == 1 {
            let bytes = unsafe withUnsafeBytes(of: six) { unsafe Array($0) }
            self.init(family: AF_INET6, bytes: bytes, port: port, scope: 0)
        } else {
            return nil
        }
    }

    /// An IPv4 address of four bytes or an IPv6 address of sixteen, most significant first; nil for
    /// another number of them.
    package init?(bytes: [UInt8], port: UInt16) {
        switch bytes.count {
        case 4: self.init(family: AF_INET, bytes: bytes, port: port, scope: 0)
        case 16: self.init(family: AF_INET6, bytes: bytes, port: port, scope: 0)
        default: return nil
        }
    }

    /// Reads what the kernel stored; nil for another family.
    init?(_ storage: sockaddr_storage) {
        var storage = storage
        switch Int32(storage.ss_family) {
        case AF_INET:
            // SAFETY: the family says which structure the storage holds.
            let address = unsafe withUnsafePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    unsafe $0.pointee
                }
            }
            let bytes = unsafe withUnsafeBytes(of: address.sin_addr) { unsafe Array($0) }
            self.init(
                family: AF_INET,
                bytes: bytes,
                port: UInt16(bigEndian: address.sin_port),
                scope: 0
            )
        case AF_INET6:
            // SAFETY: the family says which structure the storage holds.
            let address = unsafe withUnsafePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    unsafe $0.pointee
                }
            }
            let bytes = unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe Array($0) }
            self.init(
                family: AF_INET6,
                bytes: bytes,
                port: UInt16(bigEndian: address.sin6_port),
                scope: address.sin6_scope_id
            )
        default: return nil
        }
    }

    /// The address alone, as text.
    package var host: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        // SAFETY: the buffer is as large as the longest text, and the bytes are those of the family.
        let isText = unsafe bytes.withUnsafeBytes { source in
            unsafe inet_ntop(family, source.baseAddress, &buffer, socklen_t(buffer.count)) != nil
        }
        guard isText else { return "?" }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    /// The address a bound socket has.
    static func local(of number: Int32) throws(SystemError) -> SocketAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try valueOrErrno("getsockname") {
            // SAFETY: the storage is large enough for any address and its size goes with it.
            unsafe withUnsafeMutablePointer(to: &storage) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe getsockname(number, $0, &length)
                }
            }
        }
        return SocketAddress(storage) ?? .unknown
    }

    /// Lends the address in the kernel's form.
    func withSystemAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let size: Int
        // SAFETY: the storage is at least as large as either structure.
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin_addr) {
                unsafe $0.copyBytes(from: bytes)
            }
            size = MemoryLayout<sockaddr_in>.size
            unsafe withUnsafeBytes(of: address) { source in
                unsafe withUnsafeMutableBytes(of: &storage) {
                    unsafe $0.copyMemory(from: source)
                }
            }
        } else {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            address.sin6_scope_id = scope
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) {
                unsafe $0.copyBytes(from: bytes)
            }
            size = MemoryLayout<sockaddr_in6>.size
            unsafe withUnsafeBytes(of: address) { source in
                unsafe withUnsafeMutableBytes(of: &storage) {
                    unsafe $0.copyMemory(from: source)
                }
            }
        }
        return unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(size))
            }
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `address:port`, an IPv6 address in brackets.
    package var description: String {
        family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
