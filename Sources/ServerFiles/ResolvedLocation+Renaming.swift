import LinuxSystem

extension ResolvedLocation {
    /// Renames to `target`, replacing what has that name.
    package borrowing func replace(
        _ target: borrowing ResolvedLocation
    ) throws(FileFailure) {
        let (old, new) = (try requireName(), try target.requireName())
        try checkIsMovable()
        do throws(SystemError) {
            try directory.rename(old, to: new, in: target.directory)
        } catch {
            throw .system(error)
        }
    }

    /// Renames to `target`; where that name is taken, EEXIST and nothing happens.
    package borrowing func rename(
        to target: borrowing ResolvedLocation
    ) throws(FileFailure) {
        let (old, new) = (try requireName(), try target.requireName())
        try checkIsMovable()
        do throws(SystemError) {
            try directory.renameWithoutReplacing(old, to: new, in: target.directory)
        } catch {
            switch error.code {
            case .invalidArgument, .notImplemented: try renameInSteps(to: target)
            default: throw .system(error)
            }
        }
    }

    /// The same where the file system cannot rename without replacing.
    ///
    /// A file gets its new name, which fails if taken, and then loses the old one; whoever looks in
    /// between sees both. A directory cannot have two names, so the new one is looked at first:
    /// an empty directory made there in that moment would be replaced, nothing else can be.
    package borrowing func renameInSteps(
        to target: borrowing ResolvedLocation
    ) throws(FileFailure) {
        let (old, new) = (try requireName(), try target.requireName())
        do throws(SystemError) {
            let isDirectory = try directory.metadata(of: old).kind == .directory
            if isDirectory {
                try target.checkIsFree(new)
                try directory.rename(old, to: new, in: target.directory)
            } else {
                try linkAndRemove(old, to: new, at: target)
            }
        } catch {
            throw .system(error)
        }
    }

    /// Devices, FIFOs and sockets stay where they are: the second line of defence allows no making
    /// of such, and to it a new name is one.
    private borrowing func checkIsMovable() throws(FileFailure) {
        guard try metadata().kind != .special else { throw .notRegularFile }
    }

    private borrowing func linkAndRemove(
        _ old: FilePath,
        to new: FilePath,
        at target: borrowing ResolvedLocation
    ) throws(SystemError) {
        let identity = try directory.metadata(of: old).identity
        do throws(SystemError) {
            try directory.link(old, to: new, in: target.directory)
        } catch {
            switch error.code {
            case .notPermitted, .notSupported, .notImplemented:
                // A file system without second names, such as FAT: look first, as for directories.
                try target.checkIsFree(new)
                return try directory.rename(old, to: new, in: target.directory)
            default: throw error
            }
        }
        do throws(SystemError) {
            try directory.removeFile(old)
        } catch {
            // A file system that asks a second time finds nothing left to remove.
            guard error.code != .noSuchFile else { return }
            // It keeps the name it had, and only that one, unless somebody took the other.
            if (try? target.directory.metadata(of: new).identity) == identity {
                try? target.directory.removeFile(new)
            }
            throw error
        }
    }

    private borrowing func checkIsFree(_ name: FilePath) throws(SystemError) {
        do throws(SystemError) {
            _ = try directory.metadata(of: name)
        } catch {
            guard error.code == .noSuchFile else { throw error }
            return
        }
        throw SystemError(.fileExists, in: "rename")
    }
}
