import Glibc

/// A file or standard input, read from its beginning to its end, however long.
package final class InputFile: Sendable {
    private let descriptor: FileDescriptor

    private init(_ descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Opens a file; a directory is an error when it is read (EISDIR).
    package convenience init(_ path: String) throws(SystemError) {
        self.init(
            FileDescriptor(
                owning: try valueOrErrno("open") {
                    // SAFETY: the path is lent, zero-terminated, for the call.
                    unsafe open(path, O_RDONLY | O_CLOEXEC)
                }
            )
        )
    }

    /// Standard input, which stays open for others.
    package static func standardInput() throws(SystemError) -> InputFile {
        InputFile(
            FileDescriptor(
                owning: try valueOrErrno("fcntl") { fcntl(0, F_DUPFD_CLOEXEC, 3) }
            )
        )
    }

    /// The next bytes, at most `limit`; nil at the end.
    package func read(limit: Int) throws(SystemError) -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: limit)
        let number = descriptor.rawValue
        let count = try valueOrErrno("read") {
            // SAFETY: the buffer's own size bounds the read.
            unsafe chunk.withUnsafeMutableBytes {
                unsafe Glibc.read(number, $0.baseAddress, $0.count)
            }
        }
        return count == 0 ? nil : Array(chunk.prefix(count))
    }
}
