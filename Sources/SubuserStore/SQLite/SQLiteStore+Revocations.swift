import Foundation
import GRDB

extension SQLiteStore {
    package func beginRevocations(
        _ new: [NewRevocation]
    ) async throws(StoreError) -> RevocationBeginning {
        let rows = Rows(path: path)
        return try await writing { database in
            var records: [RevocationJobID: RevocationRecord] = [:]
            var begun: [RevocationJobID: NewRevocation] = [:]
            for (index, job) in new.enumerated() {
                let known = try records[job.id] ?? Self.record(of: job.id, in: database, rows)
                records[job.id] = known
                guard let earlier = known?.job ?? begun[job.id] else {
                    begun[job.id] = job
                    continue
                }
                guard earlier.isSame(request: job.request, reason: job.reason) else {
                    return .reused(index: index)
                }
            }
            return .begun(
                try new.map { job in
                    if let known = records[job.id] { return .known(known) }
                    let record = try Self.insert(job, in: database)
                    records[job.id] = record
                    return .new(record)
                }
            )
        }
    }

    package func endRevocations(
        _ ends: [RevocationJobID: RevocationRecord.End]
    ) async throws(StoreError) {
        guard !ends.isEmpty else { return }
        try await writing { database in
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE revocations SET ended = ?, resumed = ?, outcome = ?
                    WHERE job = ? AND ended IS NULL
                    """
            )
            for (id, end) in ends {
                try statement.execute(arguments: [
                    end.time.milliseconds, end.isResumed, try Rows.text(of: end.outcome),
                    id.description,
                ])
            }
        }
    }

    package func revocations(
        _ ids: Set<RevocationJobID>
    ) async throws(StoreError) -> [RevocationJobID: RevocationRecord] {
        let rows = Rows(path: path)
        return try await reading { database in
            var records: [RevocationJobID: RevocationRecord] = [:]
            for id in ids { records[id] = try Self.record(of: id, in: database, rows) }
            return records
        }
    }

    package func unfinishedRevocations() async throws(StoreError) -> [RevocationRecord] {
        let rows = Rows(path: path)
        return try await reading { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM revocations WHERE ended IS NULL ORDER BY id"
            ).map(rows.revocation)
        }
    }

    package func revocations(
        before number: Int64?,
        limit: Int
    ) async throws(StoreError) -> RevocationPage {
        let rows = Rows(path: path)
        return try await reading { database in
            let found = try Row.fetchAll(
                database,
                sql: "SELECT * FROM revocations WHERE id < ? ORDER BY id DESC LIMIT ?",
                arguments: [number ?? .max, limit + 1]
            )
            let records = try found.prefix(limit).map(rows.revocation)
            return RevocationPage(
                records: records,
                next: found.count > limit ? records.last?.number : nil
            )
        }
    }

    package func removeRevocations(
        before time: Timestamp,
        limit: Int
    ) async throws(StoreError) -> Int {
        try await writing { database in
            try database.cachedStatement(
                sql: """
                    DELETE FROM revocations WHERE id IN (
                        SELECT id FROM revocations INDEXED BY revocations_by_time
                        WHERE created < ? AND ended IS NOT NULL ORDER BY created LIMIT ?
                    )
                    """
            ).execute(arguments: [time.milliseconds, limit])
            return database.changesCount
        }
    }

    private static func record(
        of id: RevocationJobID,
        in database: Database,
        _ rows: Rows
    ) throws -> RevocationRecord? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM revocations WHERE job = ?"
        )
        return try Row.fetchOne(statement, arguments: [id.description]).map(rows.revocation)
    }

    private static func insert(
        _ job: NewRevocation,
        in database: Database
    ) throws -> RevocationRecord {
        try database.cachedStatement(
            sql: """
                INSERT INTO revocations (job, request, selector, reason, actor, created)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            job.id.description, try Rows.text(of: job.request), try Rows.text(of: job.selector),
            job.reason,
            job.actor, job.time.milliseconds,
        ])
        return RevocationRecord(number: database.lastInsertedRowID, job: job)
    }
}

extension Rows {
    fileprivate func revocation(_ row: Row) throws -> RevocationRecord {
        RevocationRecord(
            number: row["id"],
            job: NewRevocation(
                id: try value(row, "job") { RevocationJobID($0) },
                request: try members(row, "request"),
                selector: try members(row, "selector"),
                reason: row["reason"],
                actor: row["actor"],
                time: Timestamp(milliseconds: row["created"])
            ),
            end: try (row["ended"] as Int64?).map { time in
                RevocationRecord.End(
                    time: Timestamp(milliseconds: time),
                    isResumed: row["resumed"],
                    outcome: try members(row, "outcome")
                )
            }
        )
    }

    private func members(_ row: Row, _ column: String) throws -> [String: JSONValue] {
        try value(row, column) { text in
            try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
        }
    }
}
