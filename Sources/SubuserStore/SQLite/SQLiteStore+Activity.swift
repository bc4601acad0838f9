import Foundation
import GRDB

extension SQLiteStore {
    package func record(_ entries: [ActivityEntry]) async throws(StoreError) {
        guard !entries.isEmpty else { return }
        try await writing { database in
            let statement = try database.cachedStatement(
                sql: """
                    INSERT INTO activity
                        (time, event, user, username, server, session, ip, actor, properties)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            )
            for entry in entries {
                try statement.execute(arguments: [
                    entry.time.milliseconds, entry.event, entry.userID?.description,
                    entry.userName, entry.serverID?.description, entry.session, entry.ip,
                    entry.actor, try Self.text(of: entry.properties),
                ])
            }
        }
    }

    package func activity(_ query: ActivityQuery) async throws(StoreError) -> ActivityPage {
        let rows = Rows(path: path)
        var conditions = ["id < ?"]
        // Nothing has an id as large as this.
        var arguments: StatementArguments = [query.beforeID ?? Int64.max]
        let filters = [
            ("server", query.serverID?.description), ("user", query.userID?.description),
            ("event", query.event),
        ]
        for case (let column, let value?) in filters {
            conditions.append("\(column) = ?")
            arguments += [value]
        }
        // One more than wanted tells whether there is another page.
        arguments += [query.limit + 1]
        let sql = """
            SELECT * FROM activity WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id DESC LIMIT ?
            """
        let (found, limit) = (arguments, query.limit)
        return try await reading { database in
            let records = try Row.fetchAll(database, sql: sql, arguments: found)
                .map { try rows.activity($0) }
            let page = Array(records.prefix(limit))
            return ActivityPage(
                records: page,
                nextBeforeID: records.count > limit ? page.last?.id : nil
            )
        }
    }

    private static func text(of properties: [String: JSONValue]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(properties), as: UTF8.self)
    }
}

extension Rows {
    fileprivate func activity(_ row: Row) throws -> ActivityRecord {
        ActivityRecord(
            id: row["id"],
            entry: ActivityEntry(
                time: Timestamp(milliseconds: row["time"]),
                event: row["event"],
                userID: (row["user"] as String?).flatMap { UserID($0) },
                userName: row["username"],
                serverID: (row["server"] as String?).flatMap { ServerID($0) },
                session: row["session"],
                ip: row["ip"],
                actor: row["actor"],
                properties: try value(row, "properties") { text in
                    try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
                }
            )
        )
    }
}
