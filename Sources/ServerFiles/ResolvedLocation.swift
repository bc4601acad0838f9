package import LinuxSystem

/// A name in a directory that is held open beneath the root; the name need not exist.
///
/// Nothing here follows a symbolic link at that name.
package struct ResolvedLocation: ~Copyable {
    let directory: FileDescriptor
    /// Nil for the root itself, which has no name inside.
    private let name: FilePath?
    private let rules: PathRules

    init(directory: consuming FileDescriptor, name: FilePath?, rules: PathRules) {
        self.directory = directory
        self.name = name
        self.rules = rules
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
        let reference = try reference()
        guard try reference.metadata().kind == .symbolicLink else {
            throw .errno(.invalidArgument, in: "readlinkat")
        }
        return try reference.readSymbolicLink()
    }

    /// Sets mode and times of what has the name, of a symbolic link itself; a size is an error.
    package borrowing func apply(_ change: FileChange) throws(FileFailure) {
        guard change.size == nil else { throw .errno(.invalidArgument, in: "ftruncate") }
        try reference().apply(change)
    }

    /// What has the name, a symbolic link itself.
    package borrowing func reference() throws(FileFailure) -> FileReference {
        var opening: FileOpening = [.reference, .notFollowing]
        if !rules.entersMounts { opening.insert(.withoutMounts) }
        do throws(SystemError) {
            let descriptor = try directory.openBeneath(name ?? .current, opening)
            return FileReference(descriptor: descriptor)
        } catch {
            throw error.code == .crossDevice ? .leavesRoot : .system(error)
        }
    }

    /// Gives the regular file that has this name a second one, which must not be taken.
    ///
    /// Only a file: a symbolic link counts from where it stands, and may lead out from elsewhere.
    package borrowing func makeHardLink(
        at target: borrowing ResolvedLocation
    ) throws(FileFailure) {
        let (old, new) = (try requireName(), try target.requireName())
        guard try metadata().kind == .regular else { throw .notRegularFile }
        do throws(SystemError) {
            try directory.link(old, to: new, in: target.directory)
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
