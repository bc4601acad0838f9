import GRDB

extension SQLiteStore {
    package func lockdown() async throws(StoreError) -> Lockdown? {
        let rows = Rows(path: path)
        return try await reading { try rows.lockdown(in: $0) }
    }

    package func setLockdown(text: DisplayName?) async throws(StoreError) -> LockdownChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            let before = try rows.lockdown(in: database)
            try database.execute(
                sql: """
                    INSERT INTO lockdown (id, text, since) VALUES (1, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET text = excluded.text
                    """,
                arguments: [text?.description, now]
            )
            return LockdownChange(before: before, after: try rows.lockdown(in: database))
        }
    }

    package func endLockdown() async throws(StoreError) -> LockdownChange {
        let rows = Rows(path: path)
        return try await writing { database in
            let before = try rows.lockdown(in: database)
            try database.execute(sql: "DELETE FROM lockdown")
            return LockdownChange(before: before, after: nil)
        }
    }
}

extension Rows {
    /// The host's lockdown; nil while it is open.
    func lockdown(in database: Database) throws -> Lockdown? {
        try Row.fetchOne(
            database.cachedStatement(sql: "SELECT text, since FROM lockdown WHERE id = 1")
        ).map { row in
            let text: String? = row["text"]
            return Lockdown(
                text: try text.map { _ in try value(row, "text") { try? DisplayName($0) } },
                since: Timestamp(milliseconds: row["since"])
            )
        }
    }
}
