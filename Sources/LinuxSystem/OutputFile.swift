import Glibc

/// A file for its owner's eyes only that appears complete or not at all; or standard output.
package final class OutputFile: Sendable {
    private let descriptor: FileDescriptor
    /// Where it is while it is being written, and where it goes; nil for standard output.
    private let place: (draft: String, path: String)?

    /// Begins a file that takes the place of another regular file or of none.
    ///
    /// EINVAL where something else is in the way, a device for instance.
    package init(replacing path: String) throws(SystemError) {
        try Self.checkReplaceable(path)
        let draft = path + ".new"
        // SAFETY: the path is lent, zero-terminated, for the call.
        _ = unsafe unlink(draft)
        descriptor = FileDescriptor(
            owning: try valueOrErrno("open") {
                unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
        )
        place = (draft, path)
    }

    private init(standardOutput: consuming FileDescriptor) {
        descriptor = standardOutput
        place = nil
    }

    deinit {
        // SAFETY: the path is lent, zero-terminated, for the call; after `finish` there is none.
        if let place { _ = unsafe unlink(place.draft) }
    }

    /// Standard output, which stays open for others.
    package static func standardOutput() throws(SystemError) -> OutputFile {
        OutputFile(
            standardOutput: FileDescriptor(
                owning: try valueOrErrno("fcntl") { fcntl(1, F_DUPFD_CLOEXEC, 3) }
            )
        )
    }

    /// Writes all of it.
    package func write(_ bytes: some Collection<UInt8>) throws(SystemError) {
        let bytes = Array(bytes)
        let number = descriptor.rawValue
        var written = 0
        while written < bytes.count {
            let rest = bytes[written...]
            written += try valueOrErrno("write") {
                // SAFETY: the slice's own size bounds the write.
                unsafe rest.withUnsafeBytes {
                    unsafe Glibc.write(number, $0.baseAddress, $0.count)
                }
            }
        }
    }

    /// Puts the file in its place, on the disk when this returns.
    package func finish() throws(SystemError) {
        guard let place else { return }
        let number = descriptor.rawValue
        _ = try valueOrErrno("fsync") { fsync(number) }
        // SAFETY: the paths are lent, zero-terminated, for the call.
        _ = try valueOrErrno("rename") { unsafe rename(place.draft, place.path) }
    }

    private static func checkReplaceable(_ path: String) throws(SystemError) {
        var status = stat()
        do throws(SystemError) {
            // SAFETY: the path is lent, zero-terminated, and the structure lives across the call.
            _ = try valueOrErrno("stat") { unsafe stat(path, &status) }
        } catch {
            if error.code == .noSuchFile { return }
            throw error
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SystemError(.invalidArgument, in: "open")
        }
    }
}
