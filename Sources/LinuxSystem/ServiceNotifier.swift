import Glibc

/// Tells systemd about this service (sd_notify(3)).
///
/// Does nothing when it was not started by systemd.
package enum ServiceNotifier {
    /// What systemd is told.
    package enum State: Sendable {
        case ready
        case reloading
        case stopping
        /// The service is alive; sent at least twice in each watchdog interval.
        case watchdog
        /// One line for `systemctl status`.
        case status(String)

        fileprivate var text: String {
            switch self {
            case .ready: "READY=1"
            case .reloading:
                "RELOADING=1\nMONOTONIC_USEC=\(MonotonicTime.now.milliseconds &* 1000)"
            case .stopping: "STOPPING=1"
            case .watchdog: "WATCHDOG=1"
            case .status(let line): "STATUS=\(line)"
            }
        }
    }

    /// How often systemd wants to hear from us, in milliseconds; nil without a watchdog.
    package static var watchdogInterval: Int64? {
        guard let text = environment("WATCHDOG_USEC"), let microseconds = Int64(text),
            microseconds > 0
        else { return nil }
        return microseconds / 1000
    }

    /// Sends one datagram; a failure is of no consequence to the service.
    package static func notify(_ state: State) {
        guard let path = environment("NOTIFY_SOCKET"), !path.isEmpty else { return }
        let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { return }
        let descriptor = FileDescriptor(owning: number)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // An abstract address begins with a zero byte where its text begins with "@".
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let message = Array(state.text.utf8)
        // SAFETY: address and message live across the call and their sizes go with them.
        _ = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe sendto(
                    descriptor.rawValue,
                    message,
                    message.count,
                    Int32(MSG_NOSIGNAL),
                    $0,
                    size
                )
            }
        }
    }

    private static func environment(_ name: String) -> String? {
        // SAFETY: nothing in this process changes the environment.
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }
}
