import LinuxSystem

/// What a symbolic link may hold: a text that, read from the link's directory, stays inside.
package struct LinkTarget: Equatable, Sendable {
    /// The text to store.
    let text: FilePath
    /// Whether it begins with `..`, so that it depends on where its directory really is.
    let isClimbing: Bool

    /// The bytes of the text.
    package var bytes: ArraySlice<UInt8> { text.bytes }

    /// What a client is shown of an existing link at `link`; nil where it leads out of the root.
    ///
    /// An absolute text was meant for another view of the files. Where `rules` know that view, the
    /// client is shown the way there from the link's directory.
    package static func inside(
        _ text: [UInt8],
        at link: VirtualPath,
        rules: PathRules
    ) -> [UInt8]? {
        guard text.first == VirtualPath.separator else {
            return depth(of: VirtualPath.names(of: text), from: link.parent) == nil ? nil : text
        }
        guard
            let target = rules.names(ofContainerLink: text),
            depth(of: target, from: .root) != nil
        else { return nil }
        let way = way(from: link.parent.names, to: climbingFirst(target))
        return way.isEmpty
            ? Array(FilePath.current.bytes)
            : Array(way.joined(separator: CollectionOfOne(VirtualPath.separator)))
    }

    /// The target of a link that a client wants at `link`; nil where it would lead out.
    ///
    /// An absolute target is taken inside the virtual root and kept as the way there from the
    /// link's directory. In a relative one every `..` is moved to the front: behind a name that is
    /// itself a link it could climb further than its text says.
    package init?(_ target: ClientPath, at link: VirtualPath) {
        let directory = link.parent
        let given = VirtualPath.names(of: target.bytes)
        if !target.isAbsolute, Self.depth(of: given, from: directory) == nil { return nil }
        let names =
            target.isAbsolute
            ? Self.way(from: directory.names, to: VirtualPath(target).names)
            : Self.climbingFirst(given)
        isClimbing = names.first.map(VirtualPath.isParent) ?? false
        let joined =
            !target.isAbsolute && names == given
            ? target.bytes
            : Array(names.joined(separator: CollectionOfOne(VirtualPath.separator)))
        guard let text = joined.isEmpty ? .current : FilePath(joined) else { return nil }
        self.text = text
    }

    /// How deep below the root a way from `directory` ends; nil where it climbs above it.
    private static func depth(
        of names: [ArraySlice<UInt8>],
        from directory: VirtualPath
    ) -> Int? {
        var depth = directory.names.count
        for name in names {
            depth += VirtualPath.isParent(name) ? -1 : 1
            if depth < 0 { return nil }
        }
        return depth
    }

    private static func climbingFirst(_ names: [ArraySlice<UInt8>]) -> [ArraySlice<UInt8>] {
        var result: [ArraySlice<UInt8>] = []
        for name in names {
            if VirtualPath.isParent(name), let last = result.last, !VirtualPath.isParent(last) {
                result.removeLast()
            } else {
                result.append(name)
            }
        }
        return result
    }

    private static func way(
        from directory: [ArraySlice<UInt8>],
        to target: [ArraySlice<UInt8>]
    ) -> [ArraySlice<UInt8>] {
        let common = zip(directory, target).prefix { $0.elementsEqual($1) }.count
        let up = ArraySlice(FilePath.parent.bytes)
        return Array(repeating: up, count: directory.count &- common) + target.dropFirst(common)
    }
}
