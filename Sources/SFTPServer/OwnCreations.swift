import LinuxSystem
import ServerFiles

/// What a session made last, for a person who may not change or remove what exists.
///
/// Clients set mode and times by path once an upload is complete, and some then remove the file
/// that it is meant to replace. Both are part of making the file. The channels of a session share
/// what they made: GNOME uploads on one and tidies up on another.
package final class OwnCreations {
    private struct Creation {
        var birth: FileBirth
        var path: VirtualPath
    }

    private var creations: [Creation] = []

    /// Starts with nothing made.
    package init() {}

    /// Clients upload one file after another; more than a few are never unfinished.
    private static let limit = 16

    /// Remembers something that was just made.
    func add(_ birth: FileBirth, at path: VirtualPath) {
        if creations.count == Self.limit { creations.removeFirst() }
        creations.append(Creation(birth: birth, path: path))
    }

    /// Whether this is one of them, whatever name it has now.
    func contains(_ birth: FileBirth) -> Bool {
        creations.contains { $0.birth == birth }
    }

    /// Where those were made whose names are for an upload of `target`, and which files they were.
    func uploads(of target: VirtualPath) -> [(path: VirtualPath, birth: FileBirth)] {
        creations.filter { UploadName($0.path).belongs(to: target) }.map { ($0.path, $0.birth) }
    }
}
