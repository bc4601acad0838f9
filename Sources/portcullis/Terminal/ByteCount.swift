/// Amounts of bytes for people.
package enum ByteCount {
    /// The amount with at most one decimal and a binary unit: `512 B`, `1.5 MiB`.
    package static func format(_ bytes: UInt64) -> String {
        var amount = Double(bytes)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB"] where amount >= 1024 {
            amount /= 1024
            unit = next
        }
        guard unit != "B" else { return "\(bytes) B" }
        let tenths = Int((amount * 10).rounded())
        return tenths.isMultiple(of: 10)
            ? "\(tenths / 10) \(unit)"
            : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
