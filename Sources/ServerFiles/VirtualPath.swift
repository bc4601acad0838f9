import LinuxSystem

/// A path inside a server: normalised, and by its form unable to name anything above the root.
///
/// Normalising is a matter of text. `..` takes the name before it away, whatever that name is on
/// the disk, and at the root it stays there; the empty path and `.` are the root.
package struct VirtualPath: Hashable, Sendable {
    /// The names, joined by slashes; empty for the root.
    private let joined: [UInt8]

    static let separator = UInt8(ascii: "/")
    private static let dot = UInt8(ascii: ".")

    /// The top of the server's files.
    package static let root = VirtualPath(names: [])

    /// Normalises what a client sent; a relative path begins at the root.
    package init(_ path: ClientPath) {
        self.init(names: Self.normalized(path.bytes, after: []))
    }

    /// Normalises `path` as seen from the directory `base`.
    init(_ path: ClientPath, from base: VirtualPath) {
        self.init(names: Self.normalized(path.bytes, after: path.isAbsolute ? [] : base.names))
    }

    private init(names: [ArraySlice<UInt8>]) {
        joined = Array(names.joined(separator: CollectionOfOne(Self.separator)))
    }

    /// Whether this is the root.
    package var isRoot: Bool { joined.isEmpty }

    /// The form that clients see: with a slash in front.
    package var absolute: [UInt8] { [Self.separator] + joined }

    /// The directory that holds it; the root holds itself.
    package var parent: VirtualPath { VirtualPath(names: names.dropLast()) }

    /// The last name; nil for the root.
    package var name: ArraySlice<UInt8>? { names.last }

    /// The names from the root down; none for the root.
    var names: [ArraySlice<UInt8>] { joined.split(separator: Self.separator) }

    /// The path for a system call that starts at the root's descriptor.
    var fromRoot: FilePath { isRoot ? .current : FilePath(joined) ?? .current }

    /// The last name for a system call; nil for the root.
    var leaf: FilePath? { names.last.flatMap { FilePath($0) } }

    /// Cuts `path` into names without those that mean nothing.
    static func names(of path: [UInt8]) -> [ArraySlice<UInt8>] {
        path.split(separator: separator).filter { !$0.elementsEqual(CollectionOfOne(dot)) }
    }

    /// Whether a name means the directory above.
    static func isParent(_ name: ArraySlice<UInt8>) -> Bool {
        name.elementsEqual([dot, dot])
    }

    private static func normalized(
        _ path: [UInt8],
        after base: [ArraySlice<UInt8>]
    ) -> [ArraySlice<UInt8>] {
        var result = base
        for name in names(of: path) {
            if isParent(name) {
                _ = result.popLast()
            } else {
                result.append(name)
            }
        }
        return result
    }
}
