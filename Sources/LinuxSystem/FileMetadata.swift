import Glibc

/// What the kernel knows about a file besides its content (stat(2)).
package struct FileMetadata: Equatable, Sendable {
    /// What kind of thing it is.
    package enum Kind: Equatable, Sendable {
        case regular
        case directory
        case symbolicLink
        /// A device, a FIFO, a socket: nothing that is ever opened.
        case special
    }

    package var kind: Kind
    /// Type and mode bits (`st_mode`).
    package var mode: UInt32
    /// Content length in bytes.
    package var size: UInt64
    package var linkCount: UInt64
    package var user: UInt32
    package var group: UInt32
    /// Seconds since 1970.
    package var accessTime: Int64
    /// Seconds since 1970.
    package var modificationTime: Int64
    /// Which file it is, among all that exist now.
    package var identity: Identity

    /// Two references to one file have the same identity.
    package struct Identity: Hashable, Sendable {
        package var device: UInt64
        package var number: UInt64
    }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            default: .special
            }
        mode = status.st_mode
        size = UInt64(clamping: status.st_size)
        linkCount = UInt64(status.st_nlink)
        user = status.st_uid
        group = status.st_gid
        accessTime = Int64(status.st_atim.tv_sec)
        modificationTime = Int64(status.st_mtim.tv_sec)
        identity = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
    }
}

extension FileDescriptor {
    /// What this descriptor refers to (fstat(2)); works on references too.
    package borrowing func metadata() throws(SystemError) -> FileMetadata {
        let number = rawValue
        var status = stat()
        _ = try valueOrErrno("fstat") {
            // SAFETY: the structure lives across the call.
            unsafe fstat(number, &status)
        }
        return FileMetadata(status)
    }

    /// What `name` in this directory is, without following a symbolic link (fstatat(2)).
    package borrowing func metadata(of name: FilePath) throws(SystemError) -> FileMetadata {
        let number = rawValue
        var status = stat()
        _ = try valueOrErrno("fstatat") {
            // SAFETY: the name is lent, zero-terminated, and the structure lives across the call.
            unsafe name.withCString { name in
                unsafe fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW)
            }
        }
        return FileMetadata(status)
    }
}
