/// Names with a number each, as one text: `wrong_password=3 unknown_user=1`.
struct PenaltyPairs {
    let pairs: [(name: String, number: Int64)]

    init(_ pairs: some Sequence<(name: String, number: Int64)>) {
        self.pairs = pairs.sorted { $0.name < $1.name }
    }

    /// Reads what `text` has written; nil for anything else.
    init?(_ text: String) {
        var pairs: [(name: String, number: Int64)] = []
        for part in text.split(separator: " ") {
            let halves = part.split(separator: "=", omittingEmptySubsequences: false)
            guard halves.count == 2, let name = halves.first, let number = halves.last,
                !name.isEmpty, let number = Int64(number)
            else { return nil }
            pairs.append((String(name), number))
        }
        self.pairs = pairs
    }

    var text: String { pairs.map { "\($0.name)=\($0.number)" }.joined(separator: " ") }
}
