import Glibc

/// The process's standard output, written to at once.
package enum StandardOutput {
    /// Writes everything, without a buffer in which it could wait for more.
    ///
    /// - Throws: what write(2) reports, for instance that nobody reads any more.
    package static func write(_ bytes: [UInt8]) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = try valueOrErrno("write") {
                // SAFETY: the address and the count are those of the array's own storage.
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(1, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(written)
        }
    }
}
