import CLinux

/// Reads the names in a directory, a bounded buffer at a time (getdents64(2)).
package struct FileDirectoryReader: ~Copyable {
    /// The directory being read.
    package let directory: FileDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false

    /// Room for at least 60 of the longest names.
    private static let bufferLength = 16_384
    /// Where the length of an entry and its name lie (linux_dirent64).
    private static let lengthOffset = 16
    private static let nameOffset = 19

    /// Reads from where `directory` stands; it must be open for reading.
    package init(owning directory: consuming FileDescriptor) {
        self.directory = directory
    }

    /// The next name, `.` and `..` included; nil at the end and ever after.
    package mutating func next() throws(SystemError) -> FilePath? {
        while !isAtEnd {
            if position == buffer.count, try refill() == 0 { break }
            if let name = takeName() { return name }
        }
        isAtEnd = true
        buffer = []
        position = 0
        return nil
    }

    private mutating func takeName() -> FilePath? {
        let nameStart = position &+ Self.nameOffset
        guard nameStart <= buffer.count else { return abandonBuffer() }
        // The kernel's own byte order, read without assuming an alignment.
        let low = UInt16(buffer[position &+ Self.lengthOffset])
        let high = UInt16(buffer[position &+ Self.lengthOffset &+ 1])
        let length = Int(UInt16(littleEndian: high << 8 | low))
        let end = position &+ length
        guard length >= Self.nameOffset, end <= buffer.count else { return abandonBuffer() }
        position = end
        return FilePath(buffer[nameStart..<end].prefix { $0 != 0 })
    }

    /// The kernel never fills a buffer like this; if it did, the next one is a fresh start.
    private mutating func abandonBuffer() -> FilePath? {
        position = buffer.count
        return nil
    }

    private mutating func refill() throws(SystemError) -> Int {
        let number = directory.rawValue
        buffer.removeAll(keepingCapacity: true)
        position = 0
        var stored = 0
        try buffer.append(addingCapacity: Self.bufferLength) { (output) throws(SystemError) in
            // SAFETY: the kernel stores at most the space given, and the count is what it stored.
            stored = try unsafe output.withUnsafeMutableBufferPointer {
                (space, initialized) throws(SystemError) in
                let base = UnsafeMutableRawPointer(space.baseAddress)
                let count = try valueOrErrno("getdents64") {
                    unsafe clinux_read_directory(number, base, Self.bufferLength)
                }
                initialized = Int(count)
                return Int(count)
            }
        }
        return stored
    }
}
