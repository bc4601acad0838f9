/// Values by address range, found by an address in time that does not grow with their number.
///
/// All ranges lie in one dictionary. An address is looked up once for each prefix length that
/// occurs, so at most 33 times for IPv4 and 129 times for IPv6, whether there are ten ranges or
/// fifty thousand.
package struct AddressTable<Value: Sendable>: Sendable {
    /// A range with what is kept for it.
    package typealias Entry = (range: AddressRange, value: Value)

    private var values: [AddressRange: Value] = [:]
    private var lengths = PrefixLengths()

    /// Without any range.
    package init() {}

    package var isEmpty: Bool { values.isEmpty }
    package var count: Int { values.count }

    /// What is kept for exactly this range; setting nil removes the range.
    package subscript(range: AddressRange) -> Value? {
        get { values[range] }
        set {
            let old = values[range]
            values[range] = newValue
            switch (old == nil, newValue == nil) {
            case (true, false): lengths.add(range)
            case (false, true): lengths.remove(range)
            case (true, true), (false, false): break
            }
        }
    }

    /// The narrowest range that contains `address` and whose value passes `condition`.
    package func first(
        containing address: IPAddress,
        where condition: (Value) -> Bool = { _ in true }
    ) -> Entry? {
        for length in lengths.narrowestFirst(address.family) {
            let range = AddressRange(around: address, length: length)
            if let value = values[range], condition(value) { return (range, value) }
        }
        return nil
    }

    /// Every range with its value, in no order.
    package var entries: [Entry] { values.map { (range: $0.key, value: $0.value) } }
}

extension AddressTable where Value == Void {
    /// A set of ranges.
    package init(_ ranges: some Sequence<AddressRange>) {
        for range in ranges { self[range] = () }
    }
}

/// Which prefix lengths occur, how often.
private struct PrefixLengths: Sendable {
    private var counts: [IPAddress.Family: Tally<Int>] = [:]
    private var sorted: [IPAddress.Family: [Int]] = [:]

    mutating func add(_ range: AddressRange) {
        let family = range.network.family
        if counts[family, default: Tally()].add(range.prefixLength) == 1 { sort(family) }
    }

    mutating func remove(_ range: AddressRange) {
        let family = range.network.family
        if counts[family, default: Tally()].remove(range.prefixLength) == 0 { sort(family) }
    }

    func narrowestFirst(_ family: IPAddress.Family) -> [Int] { sorted[family] ?? [] }

    private mutating func sort(_ family: IPAddress.Family) {
        sorted[family] = counts[family]?.keys.sorted(by: >)
    }
}
