/// What is over at some time, and can be forgotten then.
protocol Perishable: Sendable {
    /// When it is over, in milliseconds.
    func end() -> Int64
    /// Whether it does something at `now` that must not stop before its end.
    func isHeld(at now: Int64) -> Bool
}

/// A dictionary of things that end, with a bound on their number.
///
/// Each newcomer looks at a few entries further on, like the hand of a clock, and clears away what is
/// over. Where the table is full, it takes the place of the one among them that is not held and
/// ends first. What is held stays, and a newcomer that sees nothing else is not kept. So no call
/// ever takes long, whatever is in the table.
///
/// A flood of new offenders can never lift a ban. Those for whom there is no room go without a
/// penalty of their own; the alternative, to refuse everybody, would let an attacker with many
/// addresses shut the port for all. They still meet the caps on connections and the penalties of
/// accounts, and places become free as bans end, after ten minutes at the latest.
struct BoundedTable<Key: Hashable & Sendable, Value: Perishable>: Sendable {
    /// The most entries.
    ///
    /// Lowered, it takes effect as entries end.
    var capacity: Int
    /// How often there was no room.
    private(set) var refused = 0

    private var entries: [(key: Key, value: Value)] = []
    private var positions: [Key: Int] = [:]
    /// The entry that is looked at next.
    private var hand = 0

    /// Entries that are looked at for each newcomer, to clear away what is over.
    private static var glance: Int { 64 }
    /// Entries that are looked at for a place when the table is full.
    private static var search: Int { 1024 }

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    /// The entry of `key`, unless it is over at `now`.
    func value(of key: Key, at now: Int64) -> Value? {
        guard let position = positions[key], entries[position].value.end() > now else {
            return nil
        }
        return entries[position].value
    }

    /// Everything that is not over at `now`, in no order.
    func all(at now: Int64) -> some Sequence<(key: Key, value: Value)> {
        entries.lazy.filter { $0.value.end() > now }
    }

    /// Which entries that matter are others than those that mattered earlier, and which of those
    /// do not matter any more.
    ///
    /// `earlier` is the table as it was `then`, nil for one in which nothing mattered; `matters`
    /// says whether an entry does at a time.
    func changes(
        since earlier: BoundedTable?,
        of then: Int64,
        at now: Int64,
        matters: (Value, Int64) -> Bool
    ) -> (changed: [(key: Key, value: Value)], ended: [Key]) where Value: Equatable {
        let changed = entries.filter { entry in
            matters(entry.value, now)
                && earlier?.kept(entry.key, at: then, matters: matters) != entry.value
        }
        let ended = (earlier?.entries ?? []).filter { entry in
            matters(entry.value, then) && kept(entry.key, at: now, matters: matters) == nil
        }
        return (changed, ended.map(\.key))
    }

    private func kept(_ key: Key, at time: Int64, matters: (Value, Int64) -> Bool) -> Value? {
        guard let position = positions[key], matters(entries[position].value, time) else {
            return nil
        }
        return entries[position].value
    }

    /// Changes the entry of `key`, or a new one where there is none or it is over.
    ///
    /// - Returns: what `body` returns; nil where there is no room for a new entry.
    mutating func update<Result>(
        _ key: Key,
        at now: Int64,
        new: () -> Value,
        _ body: (inout Value) -> Result
    ) -> Result? {
        if let position = positions[key] {
            if entries[position].value.end() <= now { entries[position].value = new() }
            return body(&entries[position].value)
        }
        makeRoom(at: now)
        guard entries.count < capacity else {
            refused += 1
            return nil
        }
        var value = new()
        let result = body(&value)
        positions[key] = entries.count
        entries.append((key, value))
        return result
    }

    /// Changes the entry of `key`, if there is one.
    mutating func change(_ key: Key, _ body: (inout Value) -> Void) {
        guard let position = positions[key] else { return }
        body(&entries[position].value)
    }

    /// Takes an entry out and returns it, unless it is over at `now`.
    mutating func remove(_ key: Key, at now: Int64) -> Value? {
        guard let position = positions[key] else { return nil }
        let value = remove(at: position)
        return value.end() > now ? value : nil
    }

    /// Clears away what is over; where that is not enough, also what would be missed least.
    private mutating func makeRoom(at now: Int64) {
        var least: (key: Key, end: Int64)?
        var looks = min(entries.count, Self.search)
        let enough = looks - Self.glance
        while looks > 0, looks > enough || (entries.count >= capacity && least == nil) {
            looks -= 1
            if hand >= entries.count { hand = 0 }
            guard entries.indices.contains(hand) else { return }
            let entry = entries[hand]
            let end = entry.value.end()
            if end <= now {
                // Another entry comes to this place, and is looked at next.
                _ = remove(at: hand)
                continue
            }
            hand += 1
            if !entry.value.isHeld(at: now), end < least?.end ?? .max { least = (entry.key, end) }
        }
        guard entries.count >= capacity, let least, let position = positions[least.key] else {
            return
        }
        _ = remove(at: position)
    }

    private mutating func remove(at position: Int) -> Value {
        let removed = entries[position]
        positions[removed.key] = nil
        let last = entries.removeLast()
        // The last entry takes the place, unless it was the one itself.
        if position < entries.count {
            entries[position] = last
            positions[last.key] = position
        }
        return removed.value
    }
}
