import Glibc

/// Whole files of this service's own, small enough to hold: keys, mostly.
package enum SmallFile {
    /// A file's bytes and who may do what with it.
    package struct Content: Equatable, Sendable {
        package let bytes: [UInt8]
        /// The permission bits.
        package let mode: UInt32
    }

    /// The content of a regular file of at most `limit` bytes.
    ///
    /// A larger one is EFBIG, anything but a regular file EINVAL.
    package static func read(_ path: String, limit: Int) throws(SystemError) -> Content {
        let file = FileDescriptor(
            owning: try valueOrErrno("open") {
                // SAFETY: the path is lent, zero-terminated, for the call.
                unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            }
        )
        let number = file.rawValue
        var status = stat()
        // SAFETY: the structure lives across the call.
        _ = try valueOrErrno("fstat") { unsafe fstat(number, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(.invalidArgument, in: "open")
        }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try valueOrErrno("read") {
                // SAFETY: the buffer's own size bounds the read.
                unsafe chunk.withUnsafeMutableBytes {
                    unsafe Glibc.read(number, $0.baseAddress, $0.count)
                }
            }
            if count == 0 { return Content(bytes: content, mode: status.st_mode & 0o7777) }
            content.append(contentsOf: chunk.prefix(count))
            if content.count > limit { throw SystemError(.fileTooLarge, in: "read") }
        }
    }

    /// Makes a new file that only its owner may read, complete or not at all.
    ///
    /// EEXIST when there is one already; nothing is ever replaced.
    package static func create(_ path: String, content: [UInt8]) throws(SystemError) {
        let draft = path + ".new"
        // SAFETY: the paths are lent, zero-terminated, for each call.
        _ = unsafe unlink(draft)
        let file = FileDescriptor(
            owning: try valueOrErrno("open") {
                unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
        defer { _ = unsafe unlink(draft) }
        let number = file.rawValue
        var written = 0
        while written < content.count {
            let rest = content[written...]
            written += try valueOrErrno("write") {
                // SAFETY: the slice's own size bounds the write.
                unsafe rest.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            }
        }
        _ = try valueOrErrno("fsync") { fsync(number) }
        // A link never replaces what is there, a rename would.
        _ = try valueOrErrno("link") { unsafe link(draft, path) }
    }

    /// Makes a directory that only its owner may enter; one that exists is left as it is.
    package static func createDirectory(_ path: String) throws(SystemError) {
        do throws(SystemError) {
            // SAFETY: the path is lent, zero-terminated, for the call.
            _ = try valueOrErrno("mkdir") { unsafe mkdir(path, 0o700) }
        } catch {
            if error.code != .fileExists { throw error }
        }
    }
}
