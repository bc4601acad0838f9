import AccessControl
import GRDB
import LinuxSystem

extension SQLiteStore {
    package func endLostSessions(
        with entry: @escaping @Sendable (LostSession) -> ActivityEntry
    ) async throws(StoreError) -> Int {
        try await writing { [self] database in
            let gates = try Int64.fetchAll(
                database,
                sql: "SELECT DISTINCT gate FROM live_sessions"
            )
            var count = 0
            for gate in gates where try !presence.isPresent(gate) {
                let lost = try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM live_sessions WHERE gate = ? ORDER BY last, session",
                    arguments: [gate]
                ).map(LostSession.init)
                for session in lost { _ = try Self.insert(entry(session), in: database) }
                try database.execute(
                    sql: "DELETE FROM live_sessions WHERE gate = ?",
                    arguments: [gate]
                )
                count += lost.count
            }
            return count
        }
    }

    /// Keeps up with who is there according to what is being recorded.
    func follow(_ entries: [ActivityEntry], in database: Database) throws {
        var last: [String: Timestamp] = [:]
        for entry in entries {
            guard let session = entry.session else { continue }
            switch ActivityEvent(rawValue: entry.event) {
            case .login: try begin(session, entry, in: database)
            case .logout:
                last[session] = nil
                try database.cachedStatement(sql: "DELETE FROM live_sessions WHERE session = ?")
                    .execute(arguments: [session])
            case _: last[session] = max(last[session] ?? entry.time, entry.time)
            }
        }
        let statement = try database.cachedStatement(
            sql: "UPDATE live_sessions SET last = max(last, ?) WHERE session = ?"
        )
        for (session, time) in last {
            try statement.execute(arguments: [time.milliseconds, session])
        }
    }

    private func begin(
        _ session: String,
        _ entry: ActivityEntry,
        in database: Database
    ) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO live_sessions
                    (session, gate, user, username, server, ip, last)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            session, presence.number, entry.userID?.description, entry.userName,
            entry.serverID?.description, entry.ip, entry.time.milliseconds,
        ])
    }
}

extension LostSession {
    fileprivate init(_ row: Row) {
        self.init(
            session: row["session"],
            userID: (row["user"] as String?).flatMap { UserID($0) },
            userName: row["username"],
            serverID: (row["server"] as String?).flatMap { ServerID($0) },
            ip: row["ip"],
            lastSeen: Timestamp(milliseconds: row["last"])
        )
    }
}
