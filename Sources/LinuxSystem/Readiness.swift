import CLinux
import Glibc

/// What poll(2) is asked about descriptors and what it answers.
package struct Readiness: OptionSet, Sendable {
    package let rawValue: Int16

    package init(rawValue: Int16) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: Int16(POLLIN))
    package static let writable = Readiness(rawValue: Int16(POLLOUT))
    package static let hungUp = Readiness(rawValue: Int16(POLLHUP))
    package static let failed = Readiness(rawValue: Int16(POLLERR))
    /// The other side of a stream will send no more, whatever of it is still to be read.
    package static let peerEnded = Readiness(rawValue: clinux_poll_peer_ended)

    /// Waits until one of two descriptors is ready or `milliseconds` have passed.
    ///
    /// A negative number is skipped by the kernel. Hang-up and error are reported unasked.
    package static func wait(
        for first: (descriptor: Int32, events: Readiness),
        _ second: (descriptor: Int32, events: Readiness) = (-1, []),
        milliseconds: Int32
    ) throws(SystemError) -> (first: Readiness, second: Readiness) {
        var entries = [
            pollfd(fd: first.descriptor, events: first.events.rawValue, revents: 0),
            pollfd(fd: second.descriptor, events: second.events.rawValue, revents: 0),
        ]
        _ = try valueOrErrno("poll") {
            // SAFETY: the array holds exactly the two entries announced.
            unsafe entries.withUnsafeMutableBufferPointer { buffer in
                unsafe poll(buffer.baseAddress, nfds_t(buffer.count), milliseconds)
            }
        }
        return (
            Readiness(rawValue: entries[0].revents), Readiness(rawValue: entries[1].revents)
        )
    }
}
