/// A source's penalty: a moment until which it lasts, and what it is for.
///
/// Each offence moves the end away by its cost, never further than the maximum; time alone brings
/// it nearer. Somebody who mistypes a password is far below the minimum and is forgotten within
/// seconds; somebody who does it again and again is refused. A refused connection adds nothing, so
/// that a client that keeps trying by itself comes in when its penalty has ended.
struct PenaltyRecord: Perishable, Equatable {
    private(set) var counts: OffenceCounts
    /// When the penalty ends.
    private(set) var until: Int64
    /// When the first offence of this penalty was committed.
    let since: Int64
    private(set) var latest: Offence
    /// Stays set until the end once the minimum was passed: a ban does not flicker.
    private(set) var isEnforced: Bool

    /// Begins with nothing.
    init(at now: Int64, latest: Offence) {
        counts = OffenceCounts()
        until = now
        since = now
        self.latest = latest
        isEnforced = false
    }

    /// Takes up what was kept over a restart.
    init(
        counts: OffenceCounts,
        until: Int64,
        since: Int64,
        latest: Offence,
        isEnforced: Bool
    ) {
        self.counts = counts
        self.until = until
        self.since = since
        self.latest = latest
        self.isEnforced = isEnforced
    }

    mutating func add(_ offence: Offence, at now: Int64, _ rules: PenaltyRules) {
        counts.add(offence)
        latest = offence
        until = min(
            max(now, until) + rules.cost(of: offence),
            now + Milliseconds.within(rules.maximum)
        )
        if until - now > rules.minimum { isEnforced = true }
    }

    func end() -> Int64 { until }

    func isHeld(at now: Int64) -> Bool { isEnforced && until > now }
}

/// What an offence did to the penalty of a source or an account.
package enum PenaltyEffect: Hashable, Sendable {
    /// The source is exempt, or the offence costs nothing.
    case none
    /// It counts, and is not enforced yet.
    case noted(remaining: Int64)
    /// With this offence it began to be enforced.
    case enforced(remaining: Int64)
    /// It was enforced before, and still is.
    case prolonged(remaining: Int64)
    /// There was no room to keep it.
    case untracked
}

/// A source's penalty as operators see it and as it is kept over a restart.
package struct SourcePenalty: Hashable, Sendable {
    package var source: Source
    /// Milliseconds until it ends.
    package var remaining: Int64
    /// Milliseconds since its first offence.
    package var age: Int64
    /// Whether connections are refused for it.
    package var isEnforced: Bool
    package var latest: Offence
    /// How often each offence was committed; 255 stands for more, too.
    package var offences: [Offence: Int]

    package init(
        source: Source,
        remaining: Int64,
        age: Int64,
        isEnforced: Bool,
        latest: Offence,
        offences: [Offence: Int]
    ) {
        self.source = source
        self.remaining = remaining
        self.age = age
        self.isEnforced = isEnforced
        self.latest = latest
        self.offences = offences
    }

    init(_ source: Source, _ record: PenaltyRecord, at now: Int64) {
        self.init(
            source: source,
            remaining: max(0, record.until - now),
            age: max(0, now - record.since),
            isEnforced: record.isEnforced,
            latest: record.latest,
            offences: record.counts.listed
        )
    }
}
