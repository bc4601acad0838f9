package import LinuxSystem

/// A regular file beneath the root, open for what it was opened for.
package struct OpenFile: ~Copyable {
    private let descriptor: FileDescriptor

    init(descriptor: consuming FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Appends up to `count` bytes of content from `offset` on to `bytes`; says how many.
    ///
    /// Fewer than asked for only at the end of the file.
    package borrowing func read(
        appendingTo bytes: inout [UInt8],
        count: Int,
        at offset: UInt64
    ) throws(FileFailure) -> Int {
        // No file reaches as far as an offset that the kernel cannot express.
        guard let position = Int64(exactly: offset), position <= Int64.max &- Int64(count) else {
            return 0
        }
        do throws(SystemError) {
            return try descriptor.readContent(appendingTo: &bytes, count: count, at: position)
        } catch {
            throw .system(error)
        }
    }

    /// Writes all of `bytes` at `offset`, or at the end when it was opened for appending.
    package borrowing func write(
        _ bytes: Span<UInt8>,
        at offset: UInt64
    ) throws(FileFailure) {
        guard
            let position = Int64(exactly: offset),
            position <= Int64.max &- Int64(bytes.count)
        else { throw .errno(.fileTooLarge, in: "pwrite") }
        do throws(SystemError) {
            try descriptor.writeContent(bytes, at: position)
        } catch {
            throw .system(error)
        }
    }

    /// Has the kernel copy up to `count` bytes into `target`; says how many, 0 only at the end.
    ///
    /// Nil where it cannot for these two files, so that they must be read and written.
    package borrowing func copy(
        from offset: UInt64,
        to target: borrowing OpenFile,
        at targetOffset: UInt64,
        count: Int
    ) throws(FileFailure) -> Int? {
        guard
            let position = Int64(exactly: offset),
            let targetPosition = Int64(exactly: targetOffset)
        else { return nil }
        do throws(SystemError) {
            return try descriptor.copyContent(
                from: position,
                to: target.descriptor,
                at: targetPosition,
                count: count
            )
        } catch {
            switch error.code {
            case .crossDevice, .invalidArgument, .notImplemented, .notSupported, .notPermitted,
                .badFileDescriptor:
                return nil
            default: throw .system(error)
            }
        }
    }

    /// Cuts the content, or fills it up with zeros, to `size` bytes.
    package borrowing func resize(to size: UInt64) throws(FileFailure) {
        guard let size = Int64(exactly: size) else {
            throw .errno(.fileTooLarge, in: "ftruncate")
        }
        do throws(SystemError) {
            try descriptor.resize(to: size)
        } catch {
            throw .system(error)
        }
    }

    /// Returns when everything is on the disk.
    package borrowing func synchronize() throws(FileFailure) {
        do throws(SystemError) {
            try descriptor.synchronize()
        } catch {
            throw .system(error)
        }
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

    /// Sets attributes in the order size, mode, times; all are tried, the first failure is thrown.
    package borrowing func apply(_ change: FileChange) throws(FileFailure) {
        var failure: FileFailure?
        if let size = change.size {
            do throws(FileFailure) {
                try resize(to: size)
            } catch {
                failure = error
            }
        }
        do throws(FileFailure) {
            try descriptor.apply(change)
        } catch {
            failure = failure ?? error
        }
        if let failure { throw failure }
    }

    /// Reports what only closing can tell, for instance a failed write-back over a network.
    ///
    /// Closing a second descriptor makes the file system say it while this one is still open.
    package borrowing func flush() throws(FileFailure) {
        let second: FileDescriptor
        do throws(SystemError) {
            second = try descriptor.duplicate()
        } catch {
            // No descriptor is left for asking, which says nothing about the file.
            return
        }
        do throws(SystemError) {
            try second.close()
        } catch {
            throw .system(error)
        }
    }
}
