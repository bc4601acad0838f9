import FoundationEssentials

/// JSON for standard output, the same whichever command prints it.
enum JSONDocument {
    /// `value` with sorted keys, over several lines.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
