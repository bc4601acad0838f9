import CLinux
import Glibc

extension FileDescriptor {
    /// Appends up to `count` bytes of content, beginning at `offset`, to `bytes`; says how many.
    ///
    /// Fewer only at the end of the file (pread(2) until then).
    package borrowing func readContent(
        appendingTo bytes: inout [UInt8],
        count: Int,
        at offset: Int64
    ) throws(SystemError) -> Int {
        let number = rawValue
        var moved = 0
        try bytes.append(addingCapacity: count) { (output) throws(SystemError) in
            while moved < count {
                let position = offset &+ Int64(moved)
                // SAFETY: the kernel stores into the uninitialised rest only, at most what is free
                // there, and the count is raised by exactly what it stored.
                let step = try unsafe output.withUnsafeMutableBufferPointer {
                    (buffer, initialized) throws(SystemError) in
                    let free = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...]
                    )
                    let wanted = min(count &- moved, free.count)
                    let stored = try valueOrErrno("pread") {
                        unsafe pread(number, free.baseAddress, wanted, Int(position))
                    }
                    initialized += stored
                    return stored
                }
                if step == 0 { break }
                moved += step
            }
        }
        return moved
    }

    /// Writes all of `bytes` at `offset`, or at the end when opened for appending (pwrite(2)).
    ///
    /// On an error some of them may have been written.
    package borrowing func writeContent(
        _ bytes: Span<UInt8>,
        at offset: Int64
    ) throws(SystemError) {
        let number = rawValue
        var moved = 0
        while moved < bytes.count {
            let rest = bytes.extracting(moved..<bytes.count)
            let position = offset &+ Int64(moved)
            // SAFETY: the kernel reads the lent bytes during the call and no longer.
            let step = try unsafe rest.withUnsafeBufferPointer { (buffer) throws(SystemError) in
                try valueOrErrno("pwrite") {
                    unsafe pwrite(number, buffer.baseAddress, buffer.count, Int(position))
                }
            }
            guard step > 0 else { throw SystemError(.inputOutput, in: "pwrite") }
            moved += step
        }
    }

    /// Has the kernel copy up to `count` bytes of content; says how many, 0 at the end.
    ///
    /// copy_file_range(2), which shares the content where the file system can. It refuses some
    /// pairs of files and every target opened for appending.
    package borrowing func copyContent(
        from offset: Int64,
        to target: borrowing FileDescriptor,
        at targetOffset: Int64,
        count: Int
    ) throws(SystemError) -> Int {
        let (source, target) = (rawValue, target.rawValue)
        return Int(
            try valueOrErrno("copy_file_range") {
                clinux_copy_range(source, offset, target, targetOffset, count)
            }
        )
    }

    /// Cuts the content, or fills it up with zeros, to `size` bytes (ftruncate(2)).
    package borrowing func resize(to size: Int64) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("ftruncate") { ftruncate(number, Int(size)) }
    }

    /// Returns when content and attributes are on the disk (fsync(2)).
    package borrowing func synchronize() throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("fsync") { fsync(number) }
    }
}
