import CLinux
import Glibc

/// How a file beneath a directory is opened; always closed on exec, never waiting, never a terminal.
package struct FileOpening: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Content can be read.
    package static let reading = FileOpening(rawValue: 1 << 0)
    /// Content can be written.
    package static let writing = FileOpening(rawValue: 1 << 1)
    /// Every write goes to the end (O_APPEND).
    package static let appending = FileOpening(rawValue: 1 << 2)
    /// Only a reference, which neither reads nor writes (O_PATH).
    package static let reference = FileOpening(rawValue: 1 << 3)
    /// Anything but a directory is an error (O_DIRECTORY).
    package static let directory = FileOpening(rawValue: 1 << 4)
    /// A symbolic link at the end of the path is not followed (O_NOFOLLOW).
    package static let notFollowing = FileOpening(rawValue: 1 << 5)
    /// The file is made, and must not exist (O_CREAT and O_EXCL).
    package static let creating = FileOpening(rawValue: 1 << 6)
    /// A symbolic link anywhere in the path is an error (RESOLVE_NO_SYMLINKS).
    package static let withoutLinks = FileOpening(rawValue: 1 << 7)
    /// Nothing mounted beneath the directory is entered (RESOLVE_NO_XDEV).
    package static let withoutMounts = FileOpening(rawValue: 1 << 8)

    fileprivate var flags: Int32 {
        var flags = O_CLOEXEC
        if contains(.reference) {
            flags |= clinux_o_path
        } else {
            flags |= O_NONBLOCK | O_NOCTTY
            switch (contains(.reading), contains(.writing)) {
            case (true, true): flags |= O_RDWR
            case (false, true): flags |= O_WRONLY
            case (true, false), (false, false): flags |= O_RDONLY
            }
        }
        if contains(.appending) { flags |= O_APPEND }
        if contains(.directory) { flags |= O_DIRECTORY }
        if contains(.notFollowing) { flags |= O_NOFOLLOW }
        if contains(.creating) { flags |= O_CREAT | O_EXCL }
        return flags
    }

    fileprivate var resolution: UInt64 {
        #if PORTCULLIS_UNCHECKED_PATHS
            // Only in a build that proves what the second line of defence holds by itself.
            return 0
        #else
            var resolution = clinux_resolve_beneath
            if contains(.withoutLinks) { resolution |= clinux_resolve_no_links }
            if contains(.withoutMounts) { resolution |= clinux_resolve_no_mounts }
            return resolution
        #endif
    }
}

extension FileDescriptor {
    /// Opens what `path` names beneath this directory (openat2(2) with RESOLVE_BENEATH).
    ///
    /// Whatever would leave the directory is EXDEV: `..`, an absolute path, a symbolic link, and
    /// `withoutMounts` a mount point. While something on the way is being renamed the kernel may
    /// answer EAGAIN. `mode` is what a file that is made gets, less the process's mask.
    package borrowing func openBeneath(
        _ path: FilePath,
        _ opening: FileOpening,
        mode: UInt32 = 0
    ) throws(SystemError) -> FileDescriptor {
        let directory = rawValue
        let number = try valueOrErrno("openat2") {
            // SAFETY: the path is lent, zero-terminated, for the call.
            unsafe path.withCString { name in
                unsafe clinux_openat2(
                    directory,
                    name,
                    UInt64(UInt32(bitPattern: opening.flags)),
                    opening.contains(.creating) ? UInt64(mode) : 0,
                    opening.resolution
                )
            }
        }
        return FileDescriptor(owning: number)
    }
}
