import Glibc

/// Options of a connected client's TCP socket.
package enum ClientSocket {
    /// Answers at once (TCP_NODELAY) and never blocks (O_NONBLOCK).
    package static func prepare(_ socket: borrowing FileDescriptor) throws(SystemError) {
        let number = socket.rawValue
        let flags = try valueOrErrno("fcntl(F_GETFL)") { fcntl(number, F_GETFL) }
        _ = try valueOrErrno("fcntl(F_SETFL)") { fcntl(number, F_SETFL, flags | O_NONBLOCK) }
        set(number, level: Int32(IPPROTO_TCP), option: TCP_NODELAY)
        set(number, level: SOL_SOCKET, option: SO_KEEPALIVE)
    }

    /// Acknowledges what arrives at once; the kernel forgets it, so it is set again and again.
    ///
    /// Without it each connect waits 40 ms for a delayed acknowledgement during the handshake.
    package static func acknowledgeQuickly(_ number: Int32) {
        set(number, level: Int32(IPPROTO_TCP), option: TCP_QUICKACK)
    }

    /// Another descriptor for the same socket.
    package static func duplicate(_ number: Int32) throws(SystemError) -> FileDescriptor {
        FileDescriptor(
            owning: try valueOrErrno("fcntl(F_DUPFD_CLOEXEC)") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
        )
    }

    /// Ends a conversation in order: no more output, and input discarded until the client closes.
    ///
    /// Takes at most about `milliseconds`, whatever the client does.
    package static func finish(_ socket: consuming FileDescriptor, milliseconds: Int32) {
        let number = socket.rawValue
        _ = shutdown(number, Int32(SHUT_WR))
        let deadline = MonotonicTime.now.advanced(by: Int64(milliseconds))
        var scrap = [UInt8](repeating: 0, count: 65_536)
        while true {
            let rest = deadline.since(.now)
            guard rest > 0,
                let ready = try? Readiness.wait(
                    for: (number, .readable),
                    milliseconds: Int32(clamping: rest)
                ), !ready.first.isEmpty
            else { return }
            // SAFETY: the buffer's own size bounds the read.
            let count = unsafe recv(number, &scrap, scrap.count, Int32(MSG_DONTWAIT))
            if count <= 0 { return }
        }
    }

    /// At most `limit` bytes of what has arrived, which stay where they are; nil when nothing more
    /// will come.
    package static func peek(_ number: Int32, limit: Int) -> [UInt8]? {
        receive(number, limit: limit, flags: Int32(MSG_PEEK))
    }

    /// Takes away the first `count` bytes of what has arrived.
    package static func skip(_ number: Int32, count: Int) {
        guard count > 0 else { return }
        _ = receive(number, limit: count, flags: 0)
    }

    /// Makes the socket readable only once so many bytes have arrived (SO_RCVLOWAT, socket(7)).
    package static func setLowWater(_ number: Int32, to count: Int) {
        var count = Int32(clamping: count)
        // SAFETY: the value lives across the call and its size goes with it.
        _ = unsafe setsockopt(
            number,
            SOL_SOCKET,
            SO_RCVLOWAT,
            &count,
            socklen_t(MemoryLayout<Int32>.size)
        )
    }

    private static func receive(
        _ number: Int32,
        limit: Int,
        flags: Int32
    ) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        // SAFETY: the buffer's own size bounds the read.
        let count = unsafe recv(number, &bytes, limit, flags | Int32(MSG_DONTWAIT))
        if count < 0 { return errno == EAGAIN || errno == EINTR ? [] : nil }
        return count == 0 ? nil : Array(bytes.prefix(count))
    }

    private static func set(_ number: Int32, level: Int32, option: Int32) {
        var one: Int32 = 1
        // A socket that is not TCP, or gone, does without; reads and writes will tell.
        // SAFETY: the value lives across the call and its size goes with it.
        _ = unsafe setsockopt(number, level, option, &one, socklen_t(MemoryLayout<Int32>.size))
    }
}
