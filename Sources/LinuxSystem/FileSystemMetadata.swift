import Glibc

/// The state of a mounted file system (statvfs(3)).
package struct FileSystemMetadata: Equatable, Sendable {
    /// Preferred length of an operation in bytes.
    package var blockSize: UInt64
    /// The unit of the block counts in bytes.
    package var fragmentSize: UInt64
    package var blocks: UInt64
    package var freeBlocks: UInt64
    package var availableBlocks: UInt64
    package var files: UInt64
    package var freeFiles: UInt64
    package var availableFiles: UInt64
    package var isReadOnly: Bool
    /// The longest name in bytes.
    package var nameLength: UInt64
}

extension FileDescriptor {
    /// The file system that holds what this refers to (fstatvfs(3)); works on references too.
    package borrowing func fileSystem() throws(SystemError) -> FileSystemMetadata {
        let number = rawValue
        var status = statvfs()
        _ = try valueOrErrno("fstatvfs") {
            // SAFETY: the structure lives across the call.
            unsafe fstatvfs(number, &status)
        }
        return FileSystemMetadata(
            blockSize: UInt64(status.f_bsize),
            fragmentSize: UInt64(status.f_frsize),
            blocks: UInt64(status.f_blocks),
            freeBlocks: UInt64(status.f_bfree),
            availableBlocks: UInt64(status.f_bavail),
            files: UInt64(status.f_files),
            freeFiles: UInt64(status.f_ffree),
            availableFiles: UInt64(status.f_favail),
            isReadOnly: status.f_flag & UInt(ST_RDONLY) != 0,
            nameLength: UInt64(status.f_namemax)
        )
    }
}
