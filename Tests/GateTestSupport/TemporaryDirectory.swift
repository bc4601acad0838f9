import Foundation

/// A directory of a test's own, removed with this value.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Makes an empty one with a short path, because sockets' paths have little room.
    package init() throws {
        path = "/tmp/pc-" + UUID().uuidString.prefix(13)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of something in it.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Makes a directory in it.
    package func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: file(name),
            withIntermediateDirectories: true
        )
    }

    /// The permission bits of something in it; nil where there is nothing.
    package func mode(of name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: file(name))
        return (attributes?[.posixPermissions] as? NSNumber)?.intValue
    }
}

extension TemporaryDirectory {
    /// Makes a symbolic link in it.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: file(name),
            withDestinationPath: target
        )
    }

    /// Writes a file in it.
    package func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }
}
