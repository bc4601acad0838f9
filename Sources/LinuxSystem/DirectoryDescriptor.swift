import CLinux
import Glibc

extension FileDescriptor {
    /// Refers to the directory at `path` without opening it for reading (O_PATH).
    package static func directory(at path: String) throws(SystemError) -> FileDescriptor {
        FileDescriptor(
            owning: try valueOrErrno("open") {
                // SAFETY: the path is lent, zero-terminated, for the call.
                unsafe Glibc.open(path, clinux_o_path | O_DIRECTORY | O_CLOEXEC)
            }
        )
    }

    /// Refers to a directory beneath this one; a symbolic link on the way is an error (ELOOP).
    package borrowing func directory(
        beneath relativePath: String
    ) throws(SystemError) -> FileDescriptor {
        guard let path = FilePath(relativePath.utf8) else {
            throw SystemError(.invalidArgument, in: "openat2")
        }
        return try openBeneath(path, [.reference, .directory, .withoutLinks])
    }
}
