import CLinux

/// Watches many descriptors at once (epoll(7)).
package struct EventPoll: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// How many events one wait reports at most.
    private static let batch = 64

    package init() throws(SystemError) {
        descriptor = FileDescriptor(
            owning: try valueOrErrno("epoll_create1") { clinux_epoll_create() }
        )
    }

    /// Reports whenever `number` is readable or its other side is gone.
    package borrowing func watch(_ number: Int32) throws(SystemError) {
        let poll = descriptor.rawValue
        _ = try valueOrErrno("epoll_ctl") { clinux_epoll_watch(poll, number) }
    }

    /// Forgets `number`; call it before the descriptor is closed.
    package borrowing func forget(_ number: Int32) {
        // Forgetting what is not watched is no error worth telling.
        _ = clinux_epoll_forget(descriptor.rawValue, number)
    }

    /// Waits for events, at most `milliseconds` (-1: for ever), and answers the numbers concerned.
    package borrowing func wait(milliseconds: Int32) throws(SystemError) -> [Int32] {
        var ready = [Int32](repeating: -1, count: Self.batch)
        let poll = descriptor.rawValue
        let count = try valueOrErrno("epoll_wait") {
            // SAFETY: the array has room for as many numbers as are asked for.
            unsafe clinux_epoll_wait(poll, &ready, Int32(Self.batch), milliseconds)
        }
        return Array(ready.prefix(Int(count)))
    }
}

/// A descriptor that another thread makes readable, to wake a wait (eventfd(2)).
package struct WakeUp: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    package init() throws(SystemError) {
        descriptor = FileDescriptor(
            owning: try valueOrErrno("eventfd") { clinux_eventfd() }
        )
    }

    /// The number, to watch for readiness.
    package var rawValue: Int32 { descriptor.rawValue }

    /// Makes it readable; any thread may call it at any time.
    package borrowing func signal() {
        // It fails only when the counter is full, and then it is readable already.
        _ = clinux_eventfd_signal(descriptor.rawValue)
    }

    /// Makes it quiet again.
    package borrowing func drain() {
        _ = clinux_eventfd_drain(descriptor.rawValue)
    }
}
