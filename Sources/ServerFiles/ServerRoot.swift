package import LinuxSystem

/// The one directory beneath which everything happens.
///
/// Paths become usable only here: as a `ResolvedLocation`, a name in a directory held open, or as
/// something opened. The kernel resolves them beneath the root's descriptor, so neither `..` nor
/// a symbolic link nor a rename at the wrong moment leads out.
package struct ServerRoot: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    /// How far paths may lead.
    package let rules: PathRules

    /// How often a path is tried again while somebody renames what is on it.
    private static let attempts = 64

    /// Takes over a descriptor of the root directory; one opened only as a reference will do.
    package init(owning descriptor: consuming FileDescriptor, rules: PathRules = PathRules()) {
        self.descriptor = descriptor
        self.rules = rules
    }

    /// The place of `path`: its directory, held open, and its last name, which need not exist.
    package borrowing func location(
        of path: VirtualPath
    ) throws(FileFailure) -> ResolvedLocation {
        ResolvedLocation(
            directory: try resolve(path.parent, [.reference, .directory]),
            name: path.leaf,
            rules: rules
        )
    }

    /// What `path` names, following a symbolic link at its end as far as that stays inside.
    package borrowing func reference(to path: VirtualPath) throws(FileFailure) -> FileReference {
        FileReference(descriptor: try resolve(path, .reference))
    }

    /// Opens the regular file that `path` names; it must exist.
    ///
    /// Looks before it opens: opening a FIFO or a device can wait or have effects. Looks again
    /// afterwards, because the name may have come to mean something else.
    package borrowing func openFile(
        _ path: VirtualPath,
        _ access: FileAccess
    ) throws(FileFailure) -> OpenFile {
        try Self.checkIsFile(try reference(to: path).metadata())
        let descriptor = try resolve(path, access.opening)
        let file = OpenFile(descriptor: descriptor)
        try Self.checkIsFile(try file.metadata())
        return file
    }

    /// Opens the directory that `path` names, to list it.
    package borrowing func openDirectory(
        _ path: VirtualPath
    ) throws(FileFailure) -> DirectoryListing {
        // What `..` shows is the directory above in the client's view, never above the root.
        let above = try reference(to: path.parent).metadata()
        let descriptor = try resolve(path, [.reading, .directory])
        return DirectoryListing(owning: descriptor, above: above)
    }

    /// Sets attributes of what `path` names, following a symbolic link inside the root.
    ///
    /// Everything asked for is tried, in the order size, mode, times; the first failure is thrown.
    package borrowing func apply(
        _ change: FileChange,
        to path: VirtualPath
    ) throws(FileFailure) {
        let reference = try reference(to: path)
        var failure: FileFailure?
        if let size = change.size {
            do throws(FileFailure) {
                try resize(path, to: size, expecting: try reference.metadata().identity)
            } catch {
                failure = error
            }
        }
        do throws(FileFailure) {
            try reference.apply(change)
        } catch {
            failure = failure ?? error
        }
        if let failure { throw failure }
    }

    /// Makes a symbolic link at `path`.
    ///
    /// A target that climbs is counted from the directory's place in the tree, which the path must
    /// therefore show truly: without a link on it.
    package borrowing func makeSymbolicLink(
        at path: VirtualPath,
        to target: LinkTarget
    ) throws(FileFailure) {
        guard target.isClimbing else {
            return try location(of: path).makeSymbolicLink(to: target)
        }
        let directory: FileDescriptor
        do throws(FileFailure) {
            directory = try resolve(path.parent, [.reference, .directory, .withoutLinks])
        } catch {
            guard case .system(let cause) = error, cause.code == .tooManySymbolicLinks else {
                throw error
            }
            throw .linkedDirectory
        }
        try ResolvedLocation(directory: directory, name: path.leaf, rules: rules)
            .makeSymbolicLink(to: target)
    }

    private borrowing func resize(
        _ path: VirtualPath,
        to size: UInt64,
        expecting identity: FileMetadata.Identity
    ) throws(FileFailure) {
        let file = try openFile(path, .writing)
        guard try file.metadata().identity == identity else { throw .unsettled }
        try file.resize(to: size)
    }

    private borrowing func resolve(
        _ path: VirtualPath,
        _ opening: FileOpening
    ) throws(FileFailure) -> FileDescriptor {
        do throws(FileFailure) {
            return try open(path.fromRoot, opening)
        } catch {
            guard error == .leavesRoot, rules.knowsContainers else { throw error }
            return try open(try pathWithoutLinks(path), opening)
        }
    }

    /// Opens what `path` names beneath the root.
    borrowing func open(
        _ path: FilePath,
        _ opening: FileOpening
    ) throws(FileFailure) -> FileDescriptor {
        let opening = rules.entersMounts ? opening : opening.union(.withoutMounts)
        for _ in 0..<Self.attempts {
            do throws(SystemError) {
                return try descriptor.openBeneath(path, opening)
            } catch {
                switch error.code {
                case .tryAgain: continue
                case .crossDevice: throw .leavesRoot
                default: throw .system(error)
                }
            }
        }
        throw .unsettled
    }

    private static func checkIsFile(_ metadata: FileMetadata) throws(FileFailure) {
        switch metadata.kind {
        case .regular: return
        case .directory: throw .errno(.isDirectory, in: "open")
        case .symbolicLink, .special: throw .notRegularFile
        }
    }
}
