/// Milliseconds that come from outside.
enum Milliseconds {
    /// A hundred years; no time that means anything is longer, and sums of two never overflow.
    static let longest: Int64 = 100 * 366 * 86_400_000

    /// The nearest number that is neither negative nor longer than that.
    static func within(_ milliseconds: Int64) -> Int64 { min(max(0, milliseconds), longest) }
}
