/// Where a server's files lie: a path below the volumes directory that never leads out of it.
package struct ServerDirectory: Hashable, Sendable {
    /// The longest path, in bytes (PATH_MAX, less the zero byte).
    package static let maximumLength = 4095
    /// The longest component, in bytes (NAME_MAX).
    package static let maximumComponentLength = 255

    /// The path: no leading slash, no empty component, no `.` or `..`.
    package let path: String

    /// Accepts a relative path without empty components, `.`, `..` or control characters.
    ///
    /// One slash at the end is dropped.
    ///
    /// - Throws: `directory`.
    package init(_ path: String) throws(InvalidValue) {
        let path = path.hasSuffix("/") ? String(path.dropLast()) : path
        let components = path.utf8.split(
            separator: UInt8(ascii: "/"),
            omittingEmptySubsequences: false
        )
        guard path.utf8.count <= Self.maximumLength,
            components.allSatisfy({ Self.isComponent($0) })
        else { throw .directory }
        self.path = path
    }

    private static func isComponent(_ bytes: Substring.UTF8View) -> Bool {
        let dot = UInt8(ascii: ".")
        return (1...maximumComponentLength).contains(bytes.count)
            && !(bytes.count <= 2 && bytes.allSatisfy { $0 == dot })
            && bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

extension ServerDirectory: CustomStringConvertible {
    package var description: String { path }
}
