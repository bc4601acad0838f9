import Glibc

/// The process's standard error, where the log and complaints go.
package enum StandardError {
    /// Writes everything with one write(2) where the kernel takes it whole, as it does for lines.
    ///
    /// Failures are ignored: there is no other place to report them.
    package static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the address and the count are those of the array's own storage.
            let written = unsafe rest.withUnsafeBytes { buffer in
                try? valueOrErrno("write") {
                    unsafe Glibc.write(2, buffer.baseAddress, buffer.count)
                }
            }
            guard let written, written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Whether standard error is the stream that `journalStream` names as `DEVICE:INODE`.
    ///
    /// systemd sets it in `JOURNAL_STREAM`; whoever redirects standard error inherits the variable
    /// but not the stream (systemd.exec(5)).
    package static func isJournal(_ journalStream: String?) -> Bool {
        guard let journalStream else { return false }
        var status = stat()
        // SAFETY: the structure lives across the call.
        guard unsafe fstat(2, &status) == 0 else { return false }
        return journalStream == "\(status.st_dev):\(status.st_ino)"
    }
}
