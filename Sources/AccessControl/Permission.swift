/// The name of one permission of the panels, for instance `file.read-content`.
///
/// A value exists only for well-formed names; whether the catalogue knows it is another question.
package struct Permission: Hashable, Sendable {
    /// The longest name accepted, in bytes.
    package static let maximumLength = 64

    /// The name as stored and shown: `group.action`.
    package let name: String

    /// Accepts `group.action` with lower-case letters, digits, `-` and `_`; else nil.
    package init?(_ name: String) {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard
            name.utf8.count <= Self.maximumLength, parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isNameByte) })
        else { return nil }
        self.name = name
    }

    /// The part before the dot.
    package var group: String { String(name.prefix { $0 != "." }) }

    /// For names written in this module's own tables, which a test shows to be well-formed.
    init(trusted name: String) {
        self.name = name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Permission: Comparable {
    package static func < (left: Permission, right: Permission) -> Bool {
        left.name < right.name
    }
}

extension Permission: CustomStringConvertible {
    package var description: String { name }
}

extension FileRight {
    /// The permission that gives this right.
    package var permission: Permission { Permission(trusted: rawValue) }
}
