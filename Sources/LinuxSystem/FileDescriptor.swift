import Glibc

/// A file descriptor with exactly one owner, closed when its owner is gone.
package struct FileDescriptor: ~Copyable, Sendable {
    /// The number, to lend to a system call.
    ///
    /// It must not outlive the owner.
    package let rawValue: Int32

    /// Takes ownership of an open descriptor.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        // The descriptor is gone whatever close(2) answers, and there is nobody left to tell.
        _ = Glibc.close(rawValue)
    }

    /// Closes it now and reports what only close(2) can tell, for instance a failed write-back.
    package consuming func close() throws(SystemError) {
        let number = rawValue
        discard self
        guard Glibc.close(number) == 0 else {
            throw SystemError(Errno(rawValue: errno), in: "close")
        }
    }

    /// Gives the number away; from here on somebody else closes it.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }

    /// A second descriptor for the same open file, closed on exec.
    package borrowing func duplicate() throws(SystemError) -> FileDescriptor {
        let number = rawValue
        return FileDescriptor(
            owning: try valueOrErrno("fcntl(F_DUPFD_CLOEXEC)") { fcntl(number, F_DUPFD_CLOEXEC, 3) }
        )
    }
}
