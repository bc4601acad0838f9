/// How often each key was added and not removed again.
///
/// A count is never negative, and a key whose count is zero takes no room.
struct Tally<Key: Hashable & Sendable>: Sendable {
    private var counts: [Key: Int] = [:]

    /// How often `key` is there.
    subscript(key: Key) -> Int { counts[key] ?? 0 }

    /// Every key that is there at least once.
    var keys: some Collection<Key> { counts.keys }

    /// How many different keys there are.
    var count: Int { counts.count }

    /// Adds `key` once and says how often it is there now.
    @discardableResult
    mutating func add(_ key: Key) -> Int {
        counts[key, default: 0] += 1
        return self[key]
    }

    /// Removes `key` once, if it is there, and says how often it is there now.
    @discardableResult
    mutating func remove(_ key: Key) -> Int {
        let rest = self[key] - 1
        counts[key] = rest > 0 ? rest : nil
        return max(0, rest)
    }
}
