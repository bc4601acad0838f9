import GRDB

extension ActivitySearch {
    /// The ids between which everything wanted lies; nil when there is nothing.
    func idRange() throws -> ClosedRange<Int64>? {
        var (low, high) = (Int64.min, Int64.max)
        switch query.start {
        case .newest: break
        case .before(let id):
            guard id > Int64.min else { return nil }
            high = id - 1
        case .after(let position):
            guard position < Int64.max else { return nil }
            low = position + 1
        }
        if try isMuchOutside() {
            guard let range = try idRangeOfTimes() else { return nil }
            (low, high) = (max(low, range.lowerBound), min(high, range.upperBound))
        }
        return low <= high ? low...high : nil
    }

    /// Whether so many entries are too old or too new that they are not simply passed over.
    private func isMuchOutside() throws -> Bool {
        let outside = [query.since.map { ("<", $0) }, query.until.map { (">=", $0) }]
        for case let (comparison, time)? in outside {
            let count = try Int.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT count(*) FROM (
                            SELECT 1 FROM activity INDEXED BY activity_by_time
                            WHERE time \(comparison) ? LIMIT \(Self.few)
                        )
                        """
                ),
                arguments: [time.milliseconds]
            )
            if count == Self.few { return true }
        }
        return false
    }

    /// The first and the last id of what was recorded at the times wanted.
    ///
    /// Ids follow time only nearly: entries are written together, and clocks are set back. So the
    /// ids are looked up, and the times are still compared.
    private func idRangeOfTimes() throws -> ClosedRange<Int64>? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                // The plus keeps SQLite from walking the table by id until a time fits.
                sql: """
                    SELECT min(+id), max(+id) FROM activity INDEXED BY activity_by_time
                    WHERE time >= ? AND time < ?
                    """
            ),
            arguments: [
                query.since?.milliseconds ?? .min, query.until?.milliseconds ?? .max,
            ]
        )
        guard let low = row?[0] as Int64?, let high = row?[1] as Int64? else { return nil }
        return low...high
    }
}
