package import LinuxSystem

/// Why something could not be done to a server's files.
package enum FileFailure: Error, Equatable {
    /// A system call failed.
    case system(SystemError)
    /// The path, or a symbolic link on it, leads out of the server's root.
    case leavesRoot
    /// A device, a FIFO or a socket, none of which is ever opened.
    case notRegularFile
    /// A file cannot be made at the other end of a symbolic link that leads to nothing.
    case danglingLink
    /// The root itself can be neither renamed nor removed.
    case rootItself
    /// A link whose target climbs cannot be made in a directory reached through a link.
    case linkedDirectory
    /// Somebody kept changing the path while it was being used.
    case unsettled
}

extension FileFailure {
    /// A failure that no system call reported, in the kernel's terms.
    static func errno(_ code: Errno, in operation: String) -> FileFailure {
        .system(SystemError(code, in: operation))
    }
}
