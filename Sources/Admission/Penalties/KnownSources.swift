/// The sources from which somebody signed in to an account, and when they last did.
struct KnownSources: Perishable, Equatable {
    /// A source and the last sign-in from it.
    struct Sighting: Sendable, Equatable {
        let source: Source
        let last: Int64
    }

    /// The latest last.
    private(set) var sightings: [Sighting] = []
    private let memory: Int64

    init(memory: Int64) {
        self.memory = Milliseconds.within(memory)
    }

    /// Notes a sign-in; of more than `most` sources, those seen longest ago are forgotten.
    ///
    /// Answers the sources that were forgotten.
    mutating func note(_ source: Source, at time: Int64, most: Int) -> [Source] {
        sightings.removeAll { $0.source == source && $0.last <= time }
        guard !sightings.contains(where: { $0.source == source }) else { return [] }
        let position = sightings.firstIndex { $0.last > time } ?? sightings.endIndex
        sightings.insert(Sighting(source: source, last: time), at: position)
        let forgotten = sightings.prefix(max(0, sightings.count - max(0, most))).map(\.source)
        sightings.removeFirst(forgotten.count)
        return forgotten
    }

    func contains(_ source: Source, at now: Int64) -> Bool {
        sightings.contains { $0.source == source && $0.last + memory > now }
    }

    func end() -> Int64 { sightings.last.map { $0.last + memory } ?? .min }

    /// What is remembered may be forgotten to make room, the longest unseen first.
    func isHeld(at now: Int64) -> Bool { false }
}

/// A source from which somebody signed in lately, to whatever account.
struct Familiarity: Perishable {
    /// The account of the last sign-in, for which it is remembered.
    let account: String
    /// When it is forgotten.
    let until: Int64

    func end() -> Int64 { until }

    /// What is remembered may be forgotten to make room.
    func isHeld(at now: Int64) -> Bool { false }
}
