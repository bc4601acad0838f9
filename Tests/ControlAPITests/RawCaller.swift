import Dispatch
import Glibc
import Testing

/// A caller of a control socket that sends what it likes, and as much of it as it likes.
struct RawCaller {
    private let number: Int32

    /// Connects; whoever made it also closes it.
    init(socket path: String) throws {
        number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        try #require(number >= 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // SAFETY: a test's path is short enough, and the address lives across the call.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let descriptor = number
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, size)
            }
        }
        try #require(result == 0)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        // SAFETY: the array lives across the call.
        try #require(unsafe write(number, bytes, bytes.count) == bytes.count)
    }

    /// What came until the other end closed the connection; waits for that on a thread of its own.
    func textUntilClosed() async -> String {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [number] in
                var text: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 4096)
                while true {
                    // SAFETY: the array lives across the call.
                    let count = unsafe read(number, &buffer, buffer.count)
                    guard count > 0 else { break }
                    text += buffer[..<count]
                }
                continuation.resume(returning: String(decoding: text, as: UTF8.self))
            }
        }
    }

    func close() {
        _ = Glibc.close(number)
    }
}
