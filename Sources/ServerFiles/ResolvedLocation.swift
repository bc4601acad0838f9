package import LinuxSystem

/// A name in a directory that is held open beneath the root; the name need not exist.
///
/// Nothing here follows a symbolic link at that name.
package struct ResolvedLocation: ~Copyable {
    let directory: FileDescriptor
    /// Nil for the root itself, which has no name inside.
    private let name: FilePath?

    init(directory: consuming FileDescriptor, name: FilePath?) {
        self.directory = directory
        self.name = name
    }

    /// Attributes of what has the name, of a symbolic link itself.
    package borrowing func metadata() throws(FileFailure) -> FileMetadata {
        do throws(SystemError) {
            guard let name else { return try directory.metadata() }
            return try directory.metadata(of: name)
        } catch {
            throw .system(error)
        }
    }

    /// Makes the file, which must not exist, and opens it; `mode` less the process's mask.
    package borrowing func createFile(
        _ access: FileAccess,
        mode: UInt32
    ) throws(FileFailure) -> OpenFile {
        guard let name else { throw .errno(.isDirectory, in: "open") }
        do throws(SystemError) {
            return OpenFile(
                descriptor: try directory.openBeneath(
                    name,
                    access.opening.union([.creating, .notFollowing]),
                    mode: mode & FileChange.permissionBits
                )
            )
        } catch {
            throw .system(error)
        }
    }

    /// Makes a directory; `mode` less the process's mask.
    package borrowing func makeDirectory(mode: UInt32) throws(FileFailure) {
        guard let name else { throw .errno(.fileExists, in: "mkdirat") }
        do throws(SystemError) {
            try directory.makeDirectory(name, mode: mode & FileChange.permissionBits)
        } catch {
            throw .system(error)
        }
    }

    /// Removes anything but a directory.
    package borrowing func removeFile() throws(FileFailure) {
        let name = try requireName()
        do throws(SystemError) {
            try directory.removeFile(name)
        } catch {
            throw .system(error)
        }
    }

    /// Removes an empty directory.
    package borrowing func removeDirectory() throws(FileFailure) {
        let name = try requireName()
        do throws(SystemError) {
            try directory.removeDirectory(name)
        } catch {
            throw .system(error)
        }
    }

    /// The text of a symbolic link, which may lead anywhere.
    package borrowing func readSymbolicLink() throws(FileFailure) -> [UInt8] {
        guard let name else { throw .errno(.invalidArgument, in: "readlinkat") }
        do throws(SystemError) {
            return try directory.readSymbolicLink(name)
        } catch {
            throw .system(error)
        }
    }

    borrowing func makeSymbolicLink(to target: LinkTarget) throws(FileFailure) {
        guard let name else { throw .errno(.fileExists, in: "symlinkat") }
        do throws(SystemError) {
            try directory.makeSymbolicLink(name, to: target.text)
        } catch {
            throw .system(error)
        }
    }

    /// The name; the root cannot be moved or removed from inside.
    borrowing func requireName() throws(FileFailure) -> FilePath {
        guard let name else { throw .rootItself }
        return name
    }
}
