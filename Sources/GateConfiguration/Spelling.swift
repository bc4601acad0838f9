/// Guesses at what somebody meant who wrote a name that does not exist.
enum Spelling {
    /// The candidate that is only a few slips away from `name`; nil where none is near.
    ///
    /// A slip is a character too many, too few, wrong, or swapped with its neighbour. One slip in
    /// every three characters is near.
    static func nearest(to name: String, among candidates: [String]) -> String? {
        let allowed = max(1, name.count / 3)
        let scored = candidates.map { (slips: slips(name.lowercased(), $0), candidate: $0) }
        guard let best = scored.min(by: { $0.slips < $1.slips }), best.slips <= allowed else {
            return nil
        }
        return best.candidate
    }

    /// The text in quotes and on one line, shortened to what a person can take in.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars.prefix(80) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
                .unassigned:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
    }

    /// The optimal string alignment distance.
    private static func slips(_ first: String, _ second: String) -> Int {
        let left = Array(first.prefix(100))
        let right = Array(second.prefix(100))
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var rows = [Array(0...right.count)]
        for i in left.indices {
            var row = [i + 1]
            for j in right.indices {
                let substitution = rows[i][j] + (left[i] == right[j] ? 0 : 1)
                var best = min(rows[i][j + 1] + 1, row[j] + 1, substitution)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[left.count][right.count]
    }
}
