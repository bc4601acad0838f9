import GRDB

/// A part of a WHERE clause, with what stands for its question marks.
struct Condition {
    let sql: String
    let values: [DatabaseValue]

    init(_ sql: String, _ values: [DatabaseValue]) {
        self.sql = sql
        self.values = values
    }
}

/// Columns any of which may name what is searched for, each with an index that begins with it.
struct ActivityColumns {
    struct Column {
        let name: String
        let value: DatabaseValue

        /// Its index, which ends with the event.
        var index: String { "activity_by_\(name)" }
    }

    let columns: [Column]

    /// What an entry that is meant fulfils.
    var condition: Condition {
        let alternatives = columns.map { "\($0.name) = ?" }.joined(separator: " OR ")
        return Condition("(\(alternatives))", columns.map(\.value))
    }
}

extension ActivityQuery {
    /// What an entry must be about, whatever its event and time.
    var searches: [ActivityColumns] {
        var searches: [ActivityColumns] = []
        if let serverID {
            var columns = [ActivityColumns.Column("server", serverID)]
            if let ownerID { columns.append(.init("owner", ownerID)) }
            searches.append(ActivityColumns(columns: columns))
        }
        if let userID {
            searches.append(
                ActivityColumns(
                    columns: ["user", "actor_user", "owner"].map { .init($0, userID) }
                )
            )
        }
        switch actor {
        case nil: break
        case .user(let id): searches.append(ActivityColumns(columns: [.init("actor_user", id)]))
        case .process(let uid):
            // No user has such a name: there is no blank in theirs.
            let name = ActivityActor.processName(uid: uid)
            searches.append(ActivityColumns(columns: [.init("actor", name)]))
        }
        return searches
    }
}

extension ActivityColumns.Column {
    fileprivate init(_ name: String, _ value: some CustomStringConvertible) {
        self.init(name: name, value: value.description.databaseValue)
    }
}
