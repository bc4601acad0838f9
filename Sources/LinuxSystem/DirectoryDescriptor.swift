import CLinux
import Glibc

extension FileDescriptor {
    /// Refers to the directory at `path` without opening it for reading (O_PATH).
    package static func directory(at path: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(
            owning: try valueOrErrno("open") {
                // SAFETY: the path is lent, zero-terminated, for the call.
                unsafe Glibc.open(path, Self.directoryFlags)
            }
        )
    }

    /// Refers to a directory beneath this one; a symbolic link on the way is an error (ELOOP).
    package borrowing func directory(
        beneath relativePath: String
    ) throws(SystemError) -> FileDescriptor {
        let root = rawValue
        return FileDescriptor(
            owning: try valueOrErrno("openat2") {
                // SAFETY: the path is lent, zero-terminated, for the call.
                unsafe clinux_openat2(
                    root,
                    relativePath,
                    UInt64(Self.directoryFlags),
                    0,
                    clinux_resolve_beneath_no_links
                )
            }
        )
    }

    private static let directoryFlags = clinux_o_path | O_DIRECTORY | O_CLOEXEC
}
