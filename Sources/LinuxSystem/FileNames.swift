import CLinux
import Glibc

/// Work on names: every name is the last part of a path, in a directory held open.
///
/// None of these calls follows a symbolic link at that name.
extension FileDescriptor {
    /// Makes a directory; `mode` less the process's mask (mkdirat(2)).
    package borrowing func makeDirectory(_ name: FilePath, mode: UInt32) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("mkdirat") {
            // SAFETY: the name is lent, zero-terminated, for the call.
            unsafe name.withCString { unsafe mkdirat(number, $0, mode) }
        }
    }

    /// Removes anything but a directory (unlinkat(2)).
    package borrowing func removeFile(_ name: FilePath) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("unlinkat") {
            // SAFETY: as above.
            unsafe name.withCString { unsafe unlinkat(number, $0, 0) }
        }
    }

    /// Removes an empty directory (unlinkat(2) with AT_REMOVEDIR).
    package borrowing func removeDirectory(_ name: FilePath) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("unlinkat") {
            // SAFETY: as above.
            unsafe name.withCString { unsafe unlinkat(number, $0, AT_REMOVEDIR) }
        }
    }

    /// Renames, replacing what has the new name (renameat(2)).
    package borrowing func rename(
        _ name: FilePath,
        to newName: FilePath,
        in newDirectory: borrowing FileDescriptor
    ) throws(SystemError) {
        let (old, new) = (rawValue, newDirectory.rawValue)
        _ = try valueOrErrno("renameat") {
            // SAFETY: both names are lent, zero-terminated, for the call.
            unsafe name.withCString { name in
                unsafe newName.withCString { unsafe renameat(old, name, new, $0) }
            }
        }
    }

    /// Renames; EEXIST where the new name is taken (renameat2(2) with RENAME_NOREPLACE).
    ///
    /// EINVAL where the file system cannot promise that.
    package borrowing func renameWithoutReplacing(
        _ name: FilePath,
        to newName: FilePath,
        in newDirectory: borrowing FileDescriptor
    ) throws(SystemError) {
        let (old, new) = (rawValue, newDirectory.rawValue)
        _ = try valueOrErrno("renameat2") {
            // SAFETY: as above.
            unsafe name.withCString { name in
                unsafe newName.withCString { unsafe clinux_rename_noreplace(old, name, new, $0) }
            }
        }
    }

    /// Gives a file a second name; EEXIST where that is taken (linkat(2)).
    package borrowing func link(
        _ name: FilePath,
        to newName: FilePath,
        in newDirectory: borrowing FileDescriptor
    ) throws(SystemError) {
        let (old, new) = (rawValue, newDirectory.rawValue)
        _ = try valueOrErrno("linkat") {
            // SAFETY: as above.
            unsafe name.withCString { name in
                unsafe newName.withCString { unsafe linkat(old, name, new, $0, 0) }
            }
        }
    }

    /// Makes a symbolic link that holds `target` (symlinkat(2)).
    package borrowing func makeSymbolicLink(
        _ name: FilePath,
        to target: FilePath
    ) throws(SystemError) {
        let number = rawValue
        _ = try valueOrErrno("symlinkat") {
            unsafe target.withCString { target in
                // SAFETY: as above.
                unsafe name.withCString { unsafe symlinkat(target, number, $0) }
            }
        }
    }
}
