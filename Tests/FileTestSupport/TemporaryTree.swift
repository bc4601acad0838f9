import Foundation
import Glibc

/// A server's root beside a directory that must stay out of reach, removed with this value.
///
/// Whatever a test tries to reach outside lies in that directory and never elsewhere on the host:
/// tests run as root too, and one that succeeds where it should not must have nothing to destroy.
package final class TemporaryTree: Sendable {
    /// The directory that holds both.
    private let base: String
    /// The path of the server's root on the disk.
    package var root: String { base + "/root" }
    /// The path of a directory next to the root, with a file named `secret` in it.
    package var outside: String { base + "/outside" }
    /// What `secret` holds.
    package static let secret = "nobody may read this"

    /// Makes an empty root and, outside, a secret.
    package init() throws {
        base = NSTemporaryDirectory() + "portcullis-" + UUID().uuidString
        for path in [root, outside] {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
        }
        try Data(Self.secret.utf8).write(to: URL(fileURLWithPath: outside + "/secret"))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: base)
    }

    private func path(_ name: String) -> String { root + "/" + name }

    /// Writes a file beneath the root.
    package func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    /// The content of a file beneath the root as text; nil where there is none.
    package func text(of name: String) -> String? {
        FileManager.default.contents(atPath: path(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The content of the file outside; nil where it is gone.
    package var secretText: String? {
        FileManager.default.contents(atPath: outside + "/secret")
            .map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names in the directory outside.
    package var outsideNames: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: outside).sorted() }
    }

    /// Makes a directory beneath the root.
    package func makeDirectory(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: path(name),
            withIntermediateDirectories: true
        )
    }

    /// Makes a symbolic link beneath the root, holding `target` as it is.
    ///
    /// Only that `OUTSIDE` in it stands for the absolute path of the directory outside.
    package func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path(name),
            withDestinationPath: target.replacingOccurrences(of: "OUTSIDE", with: outside)
        )
    }

    /// The text of a symbolic link; nil where there is none.
    package func target(of name: String) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: path(name))
    }

    /// Makes a FIFO beneath the root; 0 when it worked.
    package func makeFIFO(_ name: String) -> Int32 {
        // SAFETY: the path is lent, zero-terminated, for the call.
        unsafe mkfifo(path(name), 0o600)
    }

    /// Renames beneath the root, replacing what is there; 0 when it worked.
    @discardableResult
    package func move(_ name: String, to newName: String) -> Int32 {
        // SAFETY: both paths are lent, zero-terminated, for the call.
        unsafe rename(path(name), path(newName))
    }

    /// Whether something has the name, be it a link that leads to nothing.
    package func exists(_ name: String) -> Bool {
        attribute(.type, of: name) as String? != nil
    }

    /// Whether the name is a directory and no link to one.
    package func isDirectory(_ name: String) -> Bool {
        attribute(.type, of: name) == FileAttributeType.typeDirectory.rawValue
    }

    /// The permission bits.
    package func mode(of name: String) -> Int? {
        attribute(.posixPermissions, of: name)
    }

    /// Sets the permission bits.
    package func setMode(_ mode: Int, of name: String) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: mode],
            ofItemAtPath: path(name)
        )
    }

    /// Seconds since 1970.
    package func modificationTime(of name: String) -> Int? {
        (attribute(.modificationDate, of: name) as Date?).map { Int($0.timeIntervalSince1970) }
    }

    /// How many descriptors this process has open on the root and what lies beneath.
    package var openDescriptors: Int {
        get throws {
            let directory = "/proc/self/fd"
            return try FileManager.default.contentsOfDirectory(atPath: directory).count {
                let target = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: directory + "/" + $0
                )
                return target?.hasPrefix(root) ?? false
            }
        }
    }

    private func attribute<Value>(_ key: FileAttributeKey, of name: String) -> Value? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(name))
        if Value.self == String.self {
            return (attributes?[key] as? FileAttributeType)?.rawValue as? Value
        }
        return attributes?[key] as? Value
    }
}
