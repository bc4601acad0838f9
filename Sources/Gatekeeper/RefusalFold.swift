import Admission

/// Folds what is refused again and again, so that a flood of connections is none of lines.
///
/// The first refusal of an address for a reason is told at once; how many more there were until the
/// interval ended is told together. A value that knows no clock: whoever holds it ends the
/// interval.
struct RefusalFold {
    /// What is told together.
    struct Key: Hashable {
        let address: IPAddress
        /// The name of the reason.
        let reason: String
    }

    /// The repetitions that are told when an interval has ended.
    struct Repetitions: Equatable {
        /// Nil for all those together that were not told apart any more.
        let key: Key?
        let count: Int
    }

    private var counts: [Key: Int] = [:]
    private var others = 0

    /// Addresses and reasons that are told apart in one interval; what an IPv6 network can name
    /// is without end.
    private static let most = 1024

    /// Whether an interval is under way.
    var isEmpty: Bool { counts.isEmpty }

    /// Counts a refusal; answers whether it is one to tell now.
    mutating func note(_ address: IPAddress, _ refusal: AdmissionRefusal) -> Bool {
        let key = Key(address: address, reason: refusal.name)
        if let count = counts[key] {
            counts[key] = count + 1
            return false
        }
        guard counts.count < Self.most else {
            others += 1
            return false
        }
        counts[key] = 0
        return true
    }

    /// Ends the interval; answers what was not told in it, in the order of the addresses' texts.
    mutating func end() -> [Repetitions] {
        let repeated = counts.filter { $0.value > 0 }
            .sorted { "\($0.key.address) \($0.key.reason)" < "\($1.key.address) \($1.key.reason)" }
            .map { Repetitions(key: $0.key, count: $0.value) }
        let rest = others > 0 ? [Repetitions(key: nil, count: others)] : []
        counts = [:]
        others = 0
        return repeated + rest
    }
}
