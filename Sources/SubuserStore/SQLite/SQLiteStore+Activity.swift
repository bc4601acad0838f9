import Foundation
import GRDB

extension SQLiteStore {
    package func record(
        _ new: [ActivityEntry],
        changed: [ActivityRecord]
    ) async throws(StoreError) -> [Int64] {
        guard !new.isEmpty || !changed.isEmpty else { return [] }
        return try await writing { [self] database in
            for record in changed { try Self.change(record, in: database) }
            let ids = try new.map { try Self.insert($0, in: database) }
            try follow(changed.map(\.entry) + new, in: database)
            return ids
        }
    }

    package func activity(_ query: ActivityQuery) async throws(StoreError) -> ActivityPage {
        let rows = Rows(path: path)
        return try await reading { database in
            let search = ActivitySearch(query, in: database)
            let found = try search.entries()
            let statement = try database.cachedStatement(
                sql: "SELECT * FROM activity WHERE id = ?"
            )
            let page = found.prefix(query.limit)
            return ActivityPage(
                records: try page.compactMap { place in
                    try Row.fetchOne(statement, arguments: [place.id]).map(rows.activity)
                },
                next: found.count > query.limit ? page.last?.position : nil,
                latest: try search.latestPosition()
            )
        }
    }

    package func removeActivity(
        before time: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await writing { database in
            try database.cachedStatement(
                sql: """
                    DELETE FROM activity WHERE id IN (
                        SELECT id FROM activity INDEXED BY activity_by_time
                        WHERE time < ? ORDER BY time LIMIT ?
                    )
                    """
            ).execute(arguments: [time.milliseconds, limit])
            return database.changesCount
        }
    }

    /// Adds an entry and answers its id.
    static func insert(_ entry: ActivityEntry, in database: Database) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO activity
                    (time, event, user, username, server, session, ip, actor, actor_user, owner,
                        properties)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            entry.time.milliseconds, entry.event, entry.userID?.description, entry.userName,
            entry.serverID?.description, entry.session, entry.ip, entry.actor,
            entry.actorID?.description, entry.ownerID?.description,
            try Rows.text(of: entry.properties),
        ])
        return database.lastInsertedRowID
    }

    /// Changes what grows, and moves the entry to the end of what is read on.
    private static func change(_ record: ActivityRecord, in database: Database) throws {
        // Positions and ids come from one sequence, so that neither can repeat the other's.
        try database.cachedStatement(
            sql: "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'activity'"
        ).execute()
        try database.cachedStatement(
            sql: """
                UPDATE activity SET time = ?, properties = ?,
                    changed = (SELECT seq FROM sqlite_sequence WHERE name = 'activity')
                WHERE id = ?
                """
        ).execute(arguments: [
            record.entry.time.milliseconds, try Rows.text(of: record.entry.properties), record.id,
        ])
    }
}

extension Rows {
    fileprivate func activity(_ row: Row) throws -> ActivityRecord {
        ActivityRecord(
            id: row["id"],
            position: row["changed"],
            entry: ActivityEntry(
                time: Timestamp(milliseconds: row["time"]),
                event: row["event"],
                userID: (row["user"] as String?).flatMap { UserID($0) },
                userName: row["username"],
                serverID: (row["server"] as String?).flatMap { ServerID($0) },
                session: row["session"],
                ip: row["ip"],
                actor: row["actor"],
                actorID: (row["actor_user"] as String?).flatMap { UserID($0) },
                ownerID: (row["owner"] as String?).flatMap { UserID($0) },
                properties: try value(row, "properties") { text in
                    try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
                }
            )
        )
    }
}
