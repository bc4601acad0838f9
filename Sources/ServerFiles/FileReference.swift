package import LinuxSystem

/// Something beneath the root, held without being opened.
package struct FileReference: ~Copyable {
    private let descriptor: FileDescriptor

    init(descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Its attributes.
    package borrowing func metadata() throws(FileFailure) -> FileMetadata {
        do throws(SystemError) {
            return try descriptor.metadata()
        } catch {
            throw .system(error)
        }
    }

    /// The file system that holds it.
    package borrowing func fileSystem() throws(FileFailure) -> FileSystemMetadata {
        do throws(SystemError) {
            return try descriptor.fileSystem()
        } catch {
            throw .system(error)
        }
    }

    /// Which file it is; nil where its file system cannot tell it from one with the same number.
    package borrowing func birth() throws(FileFailure) -> FileBirth? {
        do throws(SystemError) {
            return try descriptor.birth()
        } catch {
            throw .system(error)
        }
    }

    /// The text of a symbolic link.
    borrowing func readSymbolicLink() throws(FileFailure) -> [UInt8] {
        do throws(SystemError) {
            return try descriptor.readSymbolicLink()
        } catch {
            throw .system(error)
        }
    }

    /// Sets mode and times; a size takes an open file.
    package borrowing func apply(_ change: FileChange) throws(FileFailure) {
        try descriptor.apply(change)
    }
}

extension FileDescriptor {
    /// Sets mode and times; both are tried, the first failure is thrown.
    borrowing func apply(_ change: FileChange) throws(FileFailure) {
        var failure: SystemError?
        if let mode = change.mode {
            do throws(SystemError) {
                try setMode(mode)
            } catch {
                failure = error
            }
        }
        if let times = change.times {
            do throws(SystemError) {
                try setTimes(access: times.access, modification: times.modification)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw .system(failure) }
    }
}
