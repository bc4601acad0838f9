/// The bans that operators set by hand.
struct BanTable: Sendable {
    /// The most bans.
    ///
    /// Lowered, it only keeps new ones out.
    var limit: Int

    private var bans = AddressTable<Ban>()

    /// What is kept for a range.
    private struct Ban: Sendable {
        let reason: String
        let since: Int64
        /// Nil for a ban without end.
        let until: Int64?

        func holds(at now: Int64) -> Bool { until.map { $0 > now } ?? true }
    }

    init(limit: Int) {
        self.limit = limit
    }

    /// Sets a ban, or replaces the one of the same range.
    mutating func set(_ report: BanReport, at now: Int64) throws(AdmissionError) {
        if bans[report.range] == nil, bans.count >= limit {
            for entry in bans.entries where !entry.value.holds(at: now) { bans[entry.range] = nil }
            guard bans.count < limit else { throw .tooManyBans(limit: limit) }
        }
        put(report, at: now)
    }

    /// Takes up a kept ban that has not ended, also beyond the limit: it was set under another one.
    mutating func restore(_ report: BanReport, at now: Int64) {
        if let remaining = report.remaining, remaining <= 0 { return }
        put(report, at: now)
    }

    /// The narrowest ban that holds for `address`.
    func ban(of address: IPAddress, at now: Int64) -> BanReport? {
        bans.first(containing: address) { $0.holds(at: now) }
            .map { Self.report($0.range, $0.value, at: now) }
    }

    /// Every ban that holds, in no order.
    func all(at now: Int64) -> [BanReport] {
        bans.entries.filter { $0.value.holds(at: now) }
            .map { Self.report($0.range, $0.value, at: now) }
    }

    /// Takes out the bans of `range` and of all ranges inside it, and returns those that held.
    mutating func lift(_ range: AddressRange, at now: Int64) -> [BanReport] {
        let lifted = bans.entries.filter { range.contains($0.range) }
        for entry in lifted { bans[entry.range] = nil }
        return lifted.filter { $0.value.holds(at: now) }
            .map { Self.report($0.range, $0.value, at: now) }
    }

    private mutating func put(_ report: BanReport, at now: Int64) {
        bans[report.range] = Ban(
            reason: report.reason,
            since: now - Milliseconds.within(report.age),
            until: report.remaining.map { now + Milliseconds.within($0) }
        )
    }

    private static func report(_ range: AddressRange, _ ban: Ban, at now: Int64) -> BanReport {
        BanReport(
            range: range,
            reason: ban.reason,
            age: max(0, now - ban.since),
            remaining: ban.until.map { max(0, $0 - now) }
        )
    }
}

/// A ban that was set by hand, as operators see it and as it is kept over a restart.
package struct BanReport: Hashable, Sendable {
    package var range: AddressRange
    /// Why; empty where nobody has said it.
    ///
    /// Whoever is connected when the ban is set is told; who is refused later is told nothing.
    package var reason: String
    /// Milliseconds since it was set.
    package var age: Int64
    /// Milliseconds until it ends; nil if it does not.
    package var remaining: Int64?

    package init(range: AddressRange, reason: String, age: Int64 = 0, remaining: Int64?) {
        self.range = range
        self.reason = reason
        self.age = age
        self.remaining = remaining
    }
}
