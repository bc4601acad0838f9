/// Work that waits in an order that no single source can have for itself.
///
/// Each source has its turn. Next is the source whose last turn is longest ago, and one that has had
/// none lately comes before all that have. So whoever asks again and again waits until everybody
/// else has been served, however many places they hold, and whoever comes for the first time waits
/// for others like them alone.
package struct FairQueue<Source: Hashable, Element> {
    fileprivate struct Place {
        /// In the order of arrival.
        let number: UInt64
        let element: Element
    }

    /// How many may wait.
    package struct Bounds: Sendable {
        /// Of all sources together.
        package var total: Int
        /// Of each of them.
        package var perSource: Int

        package init(total: Int, perSource: Int) {
            self.total = total
            self.perSource = perSource
        }
    }

    /// What came of adding something.
    package enum Addition {
        case added
        /// It waits, and this does not any more.
        case addedInstead(of: Element)
        /// There is no room for it.
        case refused
    }

    private let bounds: Bounds
    /// Never with an empty list.
    private var waiting: [Source: [Place]] = [:]
    /// How many wait in all.
    package private(set) var count = 0
    private var lastNumber: UInt64 = 0
    /// When each source had its last turn, of those that had one lately.
    private var turns: [Source: UInt64] = [:]
    private var lastTurn: UInt64 = 0

    /// For so many turns it is remembered who had them.
    package static var memory: UInt64 { 4096 }

    package init(_ bounds: Bounds) {
        self.bounds = bounds
    }

    /// Lets something wait for its source's turn.
    ///
    /// Where all places are taken, the source that holds the most gives its last to one that would
    /// hold fewer; of those that hold as many, the one served last does.
    package mutating func add(_ element: Element, from source: Source) -> Addition {
        let held = waiting[source]?.count ?? 0
        guard held < bounds.perSource else { return .refused }
        guard count >= bounds.total else {
            append(element, from: source)
            return .added
        }
        let own = (held + 1, turns[source] ?? 0)
        guard let greediest = waiting.max(by: { claim(of: $0) < claim(of: $1) }),
            claim(of: greediest) > own, let displaced = removeLast(of: greediest.key)
        else { return .refused }
        append(element, from: source)
        return .addedInstead(of: displaced)
    }

    /// Takes whatever is next; nil when nothing waits.
    package mutating func next() -> Element? {
        guard let source = waiting.min(by: { order(of: $0) < order(of: $1) })?.key,
            let element = removeFirst(of: source, where: { _ in true })
        else { return nil }
        lastTurn &+= 1
        turns[source] = lastTurn
        forgetOldTurns()
        return element
    }

    /// Takes something back that its source does not need any more; nil when it does not wait.
    package mutating func remove(
        from source: Source,
        where isMeant: (Element) -> Bool
    ) -> Element? {
        removeFirst(of: source, where: isMeant)
    }

    private typealias Waiting = (key: Source, value: [Place])

    private func claim(of waiting: Waiting) -> (Int, UInt64) {
        (waiting.value.count, turns[waiting.key] ?? 0)
    }

    private func order(of waiting: Waiting) -> (UInt64, UInt64) {
        (turns[waiting.key] ?? 0, waiting.value.first?.number ?? .max)
    }

    private mutating func append(_ element: Element, from source: Source) {
        lastNumber &+= 1
        waiting[source, default: []].append(Place(number: lastNumber, element: element))
        count += 1
    }

    private mutating func removeLast(of source: Source) -> Element? {
        guard let place = waiting[source]?.popLast() else { return nil }
        removed(from: source)
        return place.element
    }

    private mutating func removeFirst(
        of source: Source,
        where isMeant: (Element) -> Bool
    ) -> Element? {
        guard let index = waiting[source]?.firstIndex(where: { isMeant($0.element) }) else {
            return nil
        }
        let place = waiting[source]?.remove(at: index)
        removed(from: source)
        return place?.element
    }

    private mutating func removed(from source: Source) {
        count -= 1
        if waiting[source]?.isEmpty == true { waiting[source] = nil }
    }

    /// Keeps what is remembered bounded, at the cost of one look at all of it every so many turns.
    private mutating func forgetOldTurns() {
        guard turns.count > 2 * Int(Self.memory) else { return }
        let oldest = lastTurn &- Self.memory
        turns = turns.filter { $0.value > oldest }
    }
}

extension FairQueue: Sendable where Source: Sendable, Element: Sendable {}
extension FairQueue.Place: Sendable where Element: Sendable {}
extension FairQueue.Addition: Sendable where Element: Sendable {}
