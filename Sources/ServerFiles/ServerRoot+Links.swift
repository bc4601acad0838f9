import LinuxSystem

/// Absolute links that were made inside a container.
///
/// The kernel refuses every absolute link beneath the root. What is found here is only another
/// spelling of the path, without links; opening that is as confined as opening any other.
extension ServerRoot {
    /// As many links as the kernel itself follows on one path.
    private static var linkLimit: Int { 40 }
    /// How many names are looked at: far more than a real path has, and a moment's work.
    private static var stepLimit: Int { 500 }

    /// The way to what `path` names, with all links on it replaced by what they hold.
    borrowing func pathWithoutLinks(_ path: VirtualPath) throws(FileFailure) -> FilePath {
        var names = path.names
        var position = 0
        var linkCount = 0
        var stepCount = 0
        while position < names.count {
            stepCount += 1
            guard stepCount <= Self.stepLimit else { throw .errno(.nameTooLong, in: "openat2") }
            if VirtualPath.isParent(names[position]) {
                // What stands before it is no link, so this takes it away.
                guard position > 0 else { throw .leavesRoot }
                position -= 1
                names.removeSubrange(position...(position + 1))
                continue
            }
            guard let target = try linkTarget(of: names[...position]) else {
                position += 1
                continue
            }
            linkCount += 1
            guard linkCount <= Self.linkLimit else {
                throw .errno(.tooManySymbolicLinks, in: "openat2")
            }
            let rest = names[(position + 1)...]
            if target.first == VirtualPath.separator {
                guard let inside = rules.names(ofContainerLink: target) else { throw .leavesRoot }
                names = inside + rest
                position = 0
            } else {
                names = names[..<position] + VirtualPath.names(of: target) + rest
            }
        }
        return Self.joined(names[...])
    }

    /// What the link holds to which `names` lead; nil for anything but a link.
    private borrowing func linkTarget(
        of names: ArraySlice<ArraySlice<UInt8>>
    ) throws(FileFailure) -> [UInt8]? {
        let reference = try open(Self.joined(names), [.reference, .notFollowing])
        do throws(SystemError) {
            guard try reference.metadata().kind == .symbolicLink else { return nil }
            return try reference.readSymbolicLink()
        } catch {
            throw .system(error)
        }
    }

    private static func joined(_ names: ArraySlice<ArraySlice<UInt8>>) -> FilePath {
        let bytes = Array(names.joined(separator: CollectionOfOne(VirtualPath.separator)))
        return bytes.isEmpty ? .current : FilePath(bytes) ?? .current
    }
}
