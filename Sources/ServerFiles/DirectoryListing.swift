package import LinuxSystem

/// A directory beneath the root, open to be listed once.
package struct DirectoryListing: ~Copyable {
    private var reader: FileDirectoryReader
    /// What `..` shows.
    private let above: FileMetadata

    /// One name with its attributes, those of a symbolic link itself.
    package struct Entry: Equatable, Sendable {
        package var name: [UInt8]
        package var metadata: FileMetadata
    }

    init(owning descriptor: consuming FileDescriptor, above: FileMetadata) {
        reader = FileDirectoryReader(owning: descriptor)
        self.above = above
    }

    /// Attributes of the directory itself.
    package borrowing func metadata() throws(FileFailure) -> FileMetadata {
        do throws(SystemError) {
            return try reader.directory.metadata()
        } catch {
            throw .system(error)
        }
    }

    /// The file system that holds the directory.
    package borrowing func fileSystem() throws(FileFailure) -> FileSystemMetadata {
        do throws(SystemError) {
            return try reader.directory.fileSystem()
        } catch {
            throw .system(error)
        }
    }

    /// Sets mode and times of the directory itself; both are tried, the first failure is thrown.
    package borrowing func apply(_ change: FileChange) throws(FileFailure) {
        try reader.directory.apply(change)
        guard change.size == nil else { throw .errno(.isDirectory, in: "ftruncate") }
    }

    /// The next entry, `.` and `..` included; nil at the end and ever after.
    ///
    /// What vanishes before its attributes are read is left out.
    package mutating func next() throws(FileFailure) -> Entry? {
        do throws(SystemError) {
            while let name = try reader.next() {
                if name == .parent { return Entry(name: Array(name.bytes), metadata: above) }
                if let metadata = try metadata(of: name) {
                    return Entry(name: Array(name.bytes), metadata: metadata)
                }
            }
            return nil
        } catch {
            throw .system(error)
        }
    }

    private borrowing func metadata(of name: FilePath) throws(SystemError) -> FileMetadata? {
        do throws(SystemError) {
            return try reader.directory.metadata(of: name)
        } catch {
            guard error.code == .noSuchFile else { throw error }
            return nil
        }
    }
}
