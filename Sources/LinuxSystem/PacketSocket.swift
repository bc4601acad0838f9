import CLinux
import Glibc

/// One end of a pair of connected sockets that keep packets apart and can carry descriptors.
///
/// `SOCK_SEQPACKET` in the Unix domain: whole packets, in order, and an end of stream when the other
/// side is gone.
package struct PacketSocket: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// What arrived.
    package enum Arrival: ~Copyable {
        case packet([UInt8], descriptor: FileDescriptor?)
        /// The other end is closed and everything it sent has been read.
        case ended
        /// Nothing there, and the socket does not wait.
        case nothing
    }

    /// Takes over an open socket.
    package init(owning descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// One end of a connected pair; the other, to give away, is stored in `far`.
    ///
    /// Both are closed on exec.
    package static func pair(far: inout FileDescriptor?) throws(SystemError) -> PacketSocket {
        var ends: [Int32] = [-1, -1]
        _ = try valueOrErrno("socketpair") {
            // SAFETY: the array has the two elements that the call fills in.
            unsafe ends.withUnsafeMutableBufferPointer { buffer in
                unsafe socketpair(
                    AF_UNIX,
                    Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue),
                    0,
                    buffer.baseAddress
                )
            }
        }
        far = FileDescriptor(owning: ends[1])
        return PacketSocket(owning: FileDescriptor(owning: ends[0]))
    }

    /// The number, to watch for readiness.
    package var rawValue: Int32 { descriptor.rawValue }

    /// Sends one packet, with a copy of a descriptor when `attachment` is one (-1 for none).
    ///
    /// Waits while the other end is slow, unless `isWaiting` is false: then EAGAIN is thrown.
    package borrowing func send(
        _ packet: [UInt8],
        attachment: Int32 = -1,
        isWaiting: Bool = true
    ) throws(SystemError) {
        let socket = descriptor.rawValue
        let flags: Int32 = isWaiting ? 0 : Int32(MSG_DONTWAIT)
        _ = try valueOrErrno("sendmsg") {
            // SAFETY: the buffer is lent for the call and its true length goes with it.
            unsafe packet.withUnsafeBytes { bytes in
                unsafe clinux_send_packet(
                    socket,
                    bytes.baseAddress,
                    bytes.count,
                    attachment,
                    flags
                )
            }
        }
    }

    /// Receives one packet of at most `limit` bytes; a longer one is an error.
    package borrowing func receive(
        limit: Int,
        isWaiting: Bool
    ) throws(SystemError) -> Arrival {
        let socket = descriptor.rawValue
        let flags: Int32 = isWaiting ? 0 : Int32(MSG_DONTWAIT)
        var attachment: Int32 = -1
        var failure: SystemError?
        // SAFETY: only as many bytes count as initialised as the kernel says it wrote.
        let packet = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            do throws(SystemError) {
                // SAFETY: the buffer has room for `limit` bytes, and that is what is passed on.
                count = Int(
                    try valueOrErrno("recvmsg") {
                        unsafe clinux_receive_packet(
                            socket,
                            buffer.baseAddress,
                            limit,
                            &attachment,
                            flags
                        )
                    }
                )
            } catch {
                count = 0
                failure = error
            }
        }
        if let failure {
            if failure.code == .tryAgain { return .nothing }
            if failure.code == .connectionReset { return .ended }
            throw failure
        }
        // Our packets are never empty, so an empty one is the end of the stream.
        if packet.isEmpty { return .ended }
        return .packet(
            packet,
            descriptor: attachment < 0 ? nil : FileDescriptor(owning: attachment)
        )
    }

    /// Ends the conversation in both directions; the other side reads the end of the stream.
    package borrowing func shutDown() {
        _ = shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
    }
}
