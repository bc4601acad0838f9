import GRDB

/// Finds the entries that a query means, in the order in which it wants them.
///
/// SQLite reads one index at a time, and only an index whose columns are all fixed yields ids in
/// their order. So a query is answered lane by lane: one for each event that it can mean, each
/// along an index and each only as far as one page goes. The lanes are then merged. However many
/// entries there are, an answer takes a few lookups for each event.
struct ActivitySearch {
    /// An entry, and where it stands in what is read on.
    struct Place {
        let id: Int64
        let position: Int64
    }

    let query: ActivityQuery
    let database: Database

    init(_ query: ActivityQuery, in database: Database) {
        self.query = query
        self.database = database
    }

    /// One entry more than wanted, where there is another page.
    func entries() throws -> [Place] {
        switch query.start {
        case .newest, .before:
            return try ids(ascending: false).map { Place(id: $0, position: $0) }
        case .after(let position):
            let recorded = try ids(ascending: true).map { Place(id: $0, position: $0) }
            let places = recorded + (try changes(after: position))
            return Array(places.sorted { $0.position < $1.position }.prefix(wanted))
        }
    }

    /// The last position that was given out.
    func latestPosition() throws -> Int64 {
        try Int64.fetchOne(
            database.cachedStatement(
                sql: "SELECT seq FROM sqlite_sequence WHERE name = 'activity'"
            )
        ) ?? 0
    }

    /// As many entries as are looked at one by one without a noticeable delay.
    static let few = 10_000

    /// One more than the page holds tells whether there is another.
    private var wanted: Int { query.limit + 1 }

    /// The index that is read, and what it is held to.
    private struct Lane {
        /// Nil for the table itself, which lies in the order of ids.
        var index: String?
        var conditions: [Condition] = []
        /// What is asked of each entry that is met on the way.
        var filters: [Condition] = []
    }

    private func ids(ascending: Bool) throws -> [Int64] {
        guard let range = try idRange() else { return [] }
        var found: [Int64] = []
        for lane in try lanes() { found += try ids(of: lane, in: range, ascending: ascending) }
        found.sort(by: ascending ? (<) : (>))
        return Array(found.prefix(wanted))
    }

    private func ids(
        of lane: Lane,
        in range: ClosedRange<Int64>,
        ascending: Bool
    ) throws -> [Int64] {
        let filters = lane.filters + filters
        var conditions = lane.conditions.map(\.sql) + ["id BETWEEN ? AND ?"] + filters.map(\.sql)
        // What has changed is told at its new position, not where it was recorded.
        if ascending { conditions.append("changed IS NULL") }
        let values =
            lane.conditions.flatMap(\.values)
            + [range.lowerBound.databaseValue, range.upperBound.databaseValue]
            + filters.flatMap(\.values) + [wanted.databaseValue]
        return try Int64.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id FROM activity \(lane.index.map { "INDEXED BY \($0)" } ?? "NOT INDEXED")
                    WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY id \(ascending ? "ASC" : "DESC") LIMIT ?
                    """
            ),
            arguments: StatementArguments(values)
        )
    }

    /// Entries that have changed since `position`; they are few, and those asked for are the last.
    private func changes(after position: Int64) throws -> [Place] {
        var conditions = filters
        switch query.event {
        case nil: break
        case .exactly(let event): conditions.append(Condition("event = ?", [event.databaseValue]))
        case .beginning(let text):
            let sql = "substr(event, 1, \(text.utf8.count)) = ?"
            conditions.append(Condition(sql, [text.databaseValue]))
        case .anyOf(let events):
            guard !events.isEmpty else { return [] }
            let marks = Array(repeating: "?", count: events.count).joined(separator: ", ")
            conditions.append(Condition("event IN (\(marks))", events.map(\.databaseValue)))
        }
        let sql = ["changed > ?"] + conditions.map(\.sql)
        let values =
            [position.databaseValue] + conditions.flatMap(\.values) + [wanted.databaseValue]
        return try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT id, changed FROM activity INDEXED BY activity_by_change
                    WHERE \(sql.joined(separator: " AND ")) ORDER BY changed LIMIT ?
                    """
            ),
            arguments: StatementArguments(values)
        ).map { Place(id: $0["id"], position: $0["changed"]) }
    }

    /// What is asked of each entry besides its event.
    private var filters: [Condition] {
        var filters = query.searches.map(\.condition)
        if let since = query.since {
            filters.append(Condition("time >= ?", [since.milliseconds.databaseValue]))
        }
        if let until = query.until {
            filters.append(Condition("time < ?", [until.milliseconds.databaseValue]))
        }
        return filters
    }

    private func lanes() throws -> [Lane] {
        guard let search = try smallestSearch() else {
            guard query.event != nil else { return [Lane()] }
            return try lanes(of: Lane(index: "activity_by_event"))
        }
        var lanes: [Lane] = []
        for (number, column) in search.columns.enumerated() {
            // Whom several columns name is found along the first of them.
            let others = search.columns[..<number].map { other in
                Condition("\(other.name) IS NOT ?", [other.value])
            }
            lanes += try self.lanes(
                of: Lane(
                    index: column.index,
                    conditions: [Condition("\(column.name) = ?", [column.value])],
                    filters: others
                )
            )
        }
        return lanes
    }

    /// One for each event that is wanted and occurs in a lane.
    private func lanes(of base: Lane) throws -> [Lane] {
        try events(in: base).map { event in
            var lane = base
            lane.conditions.append(Condition("event = ?", [event.databaseValue]))
            return lane
        }
    }

    /// What to read along: where several things are asked for, that with the fewest entries.
    private func smallestSearch() throws -> ActivityColumns? {
        let searches = query.searches
        guard searches.count > 1 else { return searches.first }
        let counts = try searches.map { try $0.columns.reduce(0) { try $0 + count($1) } }
        return zip(searches, counts).min { $0.1 < $1.1 }?.0
    }

    /// How many entries there are, as far as it is worth knowing.
    private func count(_ column: ActivityColumns.Column) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT count(*) FROM (
                        SELECT 1 FROM activity INDEXED BY \(column.index)
                        WHERE \(column.name) = ? LIMIT \(Self.few)
                    )
                    """
            ),
            arguments: [column.value]
        ) ?? 0
    }

    /// The events that occur in a lane and are wanted, each found with one lookup.
    private func events(in lane: Lane) throws -> [String] {
        let beginning: String
        switch query.event {
        case .exactly(let event): return [event]
        case .anyOf(let events): return Array(events)
        case .beginning(let text): beginning = text
        case nil: beginning = ""
        }
        let index = lane.index ?? "activity_by_event"
        func first(_ comparison: String, _ event: String) throws -> String? {
            let sql = lane.conditions.map(\.sql) + ["event \(comparison) ?"]
            let values = lane.conditions.flatMap(\.values) + [event.databaseValue]
            return try String.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT event FROM activity INDEXED BY \(index)
                        WHERE \(sql.joined(separator: " AND ")) ORDER BY event LIMIT 1
                        """
                ),
                arguments: StatementArguments(values)
            )
        }
        var events: [String] = []
        var next = try first(">=", beginning)
        while let event = next, event.utf8.starts(with: beginning.utf8) {
            events.append(event)
            next = try first(">", event)
        }
        return events
    }
}
