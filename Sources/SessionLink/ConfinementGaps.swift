import WireFormat

/// What confines a session elsewhere and is missing on this kernel.
package struct ConfinementGaps: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Nothing keeps it to one directory but how it opens files (Linux before 5.19).
    package static let landlock = ConfinementGaps(rawValue: 1 << 0)
    /// It may make every system call.
    package static let systemCallFilter = ConfinementGaps(rawValue: 1 << 1)

    private static let all: ConfinementGaps = [.landlock, .systemCallFilter]
}

extension ConfinementGaps: CustomStringConvertible {
    package var description: String {
        var names: [String] = []
        if contains(.landlock) { names.append("Landlock") }
        if contains(.systemCallFilter) { names.append("seccomp filters") }
        return names.joined(separator: " and ")
    }
}

extension ConfinementGaps {
    func encode(into writer: inout WireWriter) {
        writer.byte(rawValue)
    }

    init(from reader: inout WireReader) throws(WireError) {
        self.init(rawValue: try reader.byte("confinement gaps"))
        guard isSubset(of: .all) else { throw .invalid(field: "confinement gaps") }
    }
}
