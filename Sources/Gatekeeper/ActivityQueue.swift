package import SubuserStore

/// Entries on their way to the store, and those in it that may still grow.
///
/// A value without a clock: what an entry is folded into depends on the entries' own times.
package struct ActivityQueue: Sendable {
    /// What is written in one transaction.
    package struct Batch: Sendable {
        fileprivate var newNumbers: [UInt64] = []
        fileprivate var changedNumbers: [UInt64] = []
        /// Entries that the store does not have.
        package fileprivate(set) var new: [ActivityEntry] = []
        /// Entries that it has, as they have become.
        package fileprivate(set) var changed: [ActivityRecord] = []

        /// How many entries it has.
        package var count: Int { new.count + changed.count }
    }

    private struct Item {
        var fold: ActivityFold
        /// Nil while it may not grow any more.
        var key: ActivityFold.Key?
        /// Its id in the store, once it is there.
        var id: Int64?
        /// The first of its series, while that has no id that could be named.
        var awaited: UInt64?
        /// Whether the store lacks something of it.
        var isQueued = true
        /// Whether it is being written.
        var isWriting = false
    }

    private var items: [UInt64: Item] = [:]
    private var lastNumber: UInt64 = 0
    /// Those that are to be written, in the order in which they came.
    private var queue: [UInt64] = []
    /// Those that may grow, by their sessions.
    private var open: [String: [ActivityFold.Key: UInt64]] = [:]
    /// Those that cannot be written before the first of their series is, by that one.
    private var waiting: [UInt64: [UInt64]] = [:]
    /// About how much memory everything takes, in bytes.
    private var weight = 0
    private let capacity: Int
    /// Entries for which there was no room since this was last set to zero.
    package var dropped = 0

    /// Takes about so many bytes of memory at most.
    package init(capacity: Int = 32 << 20) {
        self.capacity = capacity
    }

    /// How many entries wait to be written.
    package var count: Int { queue.count }

    /// How many entries are kept in memory, those included that are only open to more.
    package var heldCount: Int { items.count }

    /// Takes an entry: into one like it that is still open, or as one of its own.
    package mutating func add(_ entry: ActivityEntry) {
        let key = ActivityFold.Key(entry)
        var item = Item(fold: ActivityFold(entry), key: key)
        if let key, let number = open[key.session]?[key] {
            if extend(number, with: entry) { return }
            if let full = items[number], full.fold.isOpen(at: entry.time) {
                item.fold = ActivityFold(entry, after: full.fold)
                item.fold.continues = full.fold.continues ?? full.id
                if item.fold.continues == nil { item.awaited = full.awaited ?? number }
            }
            close(number)
        }
        let fold = item.fold
        if weight + fold.weight > capacity {
            // What is in the store already need not stay in memory only in order to grow.
            for number in open.values.flatMap(\.values) { close(number) }
        }
        guard weight + fold.weight <= capacity else {
            dropped += 1
            return
        }
        lastNumber += 1
        items[lastNumber] = item
        if let first = item.awaited { waiting[first, default: []].append(lastNumber) }
        weight += fold.weight
        queue.append(lastNumber)
        if let key { open[key.session, default: [:]][key] = lastNumber }
    }

    /// Leaves the entries of a session as they are: it has ended.
    package mutating func closeEntries(ofSession session: String) {
        for number in (open[session] ?? [:]).values { close(number) }
    }

    /// Leaves entries as they are whose minute is over.
    package mutating func closeEntries(at time: Timestamp) {
        let isOver = { number in self.items[number]?.fold.isOpen(at: time) != true }
        for number in open.values.flatMap(\.values).filter(isOver) { close(number) }
    }

    /// The first entries that wait, at most `limit`; they are either finished or put back.
    ///
    /// What must name an entry of the same batch is left for the next one.
    package mutating func take(_ limit: Int) -> Batch {
        var batch = Batch()
        for number in queue.prefix(limit) {
            guard var item = items[number], item.awaited == nil else { break }
            item.isQueued = false
            item.isWriting = true
            items[number] = item
            if let id = item.id {
                batch.changedNumbers.append(number)
                batch.changed.append(ActivityRecord(id: id, entry: item.fold.value))
            } else {
                batch.newNumbers.append(number)
                batch.new.append(item.fold.value)
            }
        }
        queue.removeFirst(batch.count)
        return batch
    }

    /// Notes that a batch is in the store, its new entries under these ids.
    package mutating func finish(_ batch: Batch, ids: [Int64]) {
        for (number, id) in zip(batch.newNumbers, ids) {
            items[number]?.id = id
            for next in waiting.removeValue(forKey: number) ?? [] {
                items[next]?.fold.continues = id
                items[next]?.awaited = nil
            }
        }
        for number in batch.newNumbers + batch.changedNumbers {
            items[number]?.isWriting = false
            settle(number)
        }
    }

    /// Takes back a batch that could not be written, in front of what came since.
    package mutating func putBack(_ batch: Batch) {
        let numbers = (batch.newNumbers + batch.changedNumbers).sorted()
        let returned = Set(numbers)
        queue.removeAll { returned.contains($0) }
        queue.insert(contentsOf: numbers, at: 0)
        for number in numbers {
            items[number]?.isWriting = false
            items[number]?.isQueued = true
        }
    }

    /// Adds to an open entry; false when it cannot take it.
    private mutating func extend(_ number: UInt64, with entry: ActivityEntry) -> Bool {
        guard weight < capacity, let before = items[number]?.fold.weight,
            items[number]?.fold.takeIn(entry) == true, let item = items[number]
        else { return false }
        weight += item.fold.weight - before
        if !item.isQueued {
            items[number]?.isQueued = true
            queue.append(number)
        }
        return true
    }

    private mutating func close(_ number: UInt64) {
        guard let key = items[number]?.key else { return }
        open[key.session]?[key] = nil
        if open[key.session]?.isEmpty == true { open[key.session] = nil }
        items[number]?.key = nil
        settle(number)
    }

    /// Forgets an entry that is written and will not grow.
    private mutating func settle(_ number: UInt64) {
        guard let item = items[number], item.key == nil, !item.isQueued, !item.isWriting else {
            return
        }
        weight -= item.fold.weight
        items[number] = nil
    }
}
