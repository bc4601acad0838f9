/// The penalties of all sources.
///
/// IPv4 and IPv6 have a table each: addresses of the one kind are cheap to have by the thousand, and
/// filling their table must not push out those of the other.
struct SourcePenalties: Sendable {
    private var v4: BoundedTable<Source, PenaltyRecord>
    private var v6: BoundedTable<Source, PenaltyRecord>

    init(capacity: Int) {
        v4 = BoundedTable(capacity: capacity)
        v6 = BoundedTable(capacity: capacity)
    }

    mutating func setCapacity(_ capacity: Int) {
        v4.capacity = capacity
        v6.capacity = capacity
    }

    var count: Int { v4.count + v6.count }
    var untracked: Int { v4.refused + v6.refused }

    func penalty(of source: Source, at now: Int64) -> SourcePenalty? {
        table(of: source).value(of: source, at: now).map { SourcePenalty(source, $0, at: now) }
    }

    func all(at now: Int64) -> [SourcePenalty] {
        v4.all(at: now).map { SourcePenalty($0.key, $0.value, at: now) }
            + v6.all(at: now).map { SourcePenalty($0.key, $0.value, at: now) }
    }

    /// What is different about the sources that are kept out.
    func changes(
        since earlier: SourcePenalties?,
        of then: Int64,
        at now: Int64
    ) -> (changed: [SourcePenalty], ended: [Source]) {
        let pairs = [(v4, earlier?.v4), (v6, earlier?.v6)]
        let parts = pairs.map { table, earlier in
            table.changes(since: earlier, of: then, at: now) { $0.isHeld(at: $1) }
        }
        return (
            parts.flatMap(\.changed).map { SourcePenalty($0.key, $0.value, at: now) },
            parts.flatMap(\.ended)
        )
    }

    mutating func add(
        _ offence: Offence,
        to source: Source,
        at now: Int64,
        _ rules: PenaltyRules
    ) -> PenaltyEffect {
        guard rules.cost(of: offence) > 0 else { return .none }
        let new = { PenaltyRecord(at: now, latest: offence) }
        let change = { (record: inout PenaltyRecord) -> PenaltyEffect in
            let wasEnforced = record.isEnforced
            record.add(offence, at: now, rules)
            let remaining = record.until - now
            guard record.isEnforced else { return .noted(remaining: remaining) }
            return wasEnforced
                ? .prolonged(remaining: remaining) : .enforced(remaining: remaining)
        }
        return update(source, at: now, new: new, change) ?? .untracked
    }

    /// Takes up a kept penalty; what is over, or has no room, is dropped.
    mutating func restore(_ kept: SourcePenalty, at now: Int64, maximum: Int64) {
        let remaining = min(kept.remaining, Milliseconds.within(maximum))
        guard remaining > 0 else { return }
        let record = PenaltyRecord(
            counts: OffenceCounts(kept.offences),
            until: now + remaining,
            since: now - Milliseconds.within(kept.age),
            latest: kept.latest,
            isEnforced: kept.isEnforced
        )
        _ = update(kept.source, at: now, new: { record }, { $0 = record })
    }

    mutating func remove(_ source: Source, at now: Int64) -> SourcePenalty? {
        let record =
            switch source.range.network.family {
            case .v4: v4.remove(source, at: now)
            case .v6: v6.remove(source, at: now)
            }
        return record.map { SourcePenalty(source, $0, at: now) }
    }

    private func table(of source: Source) -> BoundedTable<Source, PenaltyRecord> {
        switch source.range.network.family {
        case .v4: v4
        case .v6: v6
        }
    }

    private mutating func update<Result>(
        _ source: Source,
        at now: Int64,
        new: () -> PenaltyRecord,
        _ body: (inout PenaltyRecord) -> Result
    ) -> Result? {
        switch source.range.network.family {
        case .v4: v4.update(source, at: now, new: new, body)
        case .v6: v6.update(source, at: now, new: new, body)
        }
    }
}
