/// Lists of names as people write them in one argument, with commas between.
enum CommaList {
    /// The names in these arguments, in their order.
    static func names(in lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",").map(trimmed) }.filter { !$0.isEmpty }
    }

    /// People write blanks behind commas; no name has any.
    private static func trimmed(_ name: Substring) -> String {
        guard let first = name.firstIndex(where: { !$0.isWhitespace }),
            let last = name.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(name[first...last])
    }
}
