import Glibc

extension FileDescriptor {
    /// The text of the symbolic link to which this reference was opened (readlinkat(2)).
    ///
    /// ENOENT for anything but a link.
    package borrowing func readSymbolicLink() throws(SystemError) -> [UInt8] {
        let number = rawValue
        // PATH_MAX bounds what the kernel lets a link hold.
        let capacity = 4096
        var target: [UInt8] = []
        try target.append(addingCapacity: capacity) { (output) throws(SystemError) in
            // SAFETY: the kernel stores at most the free space, and the count is what it stored.
            try unsafe output.withUnsafeMutableBufferPointer {
                (buffer, initialized) throws(SystemError) in
                guard let space = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                initialized = try valueOrErrno("readlinkat") {
                    unsafe readlinkat(
                        number,
                        "",
                        space.assumingMemoryBound(to: CChar.self),
                        capacity
                    )
                }
            }
        }
        return target
    }
}
