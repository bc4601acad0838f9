package import Admission
import GRDB

extension SQLiteStore {
    package func penalties(at time: Timestamp) async throws(StoreError) -> KeptPenalties {
        let (kept, damaged) = try await reading { database in
            var reader = PenaltyReader(database: database, now: time.milliseconds)
            try reader.readAll()
            return (reader.kept, reader.damaged)
        }
        // Nobody is kept waiting for the right to write where there is nothing to write.
        if !damaged.isEmpty {
            try await writing { database in
                for (table, rows) in damaged {
                    let statement = try database.cachedStatement(
                        sql: "DELETE FROM \(table) WHERE rowid = ?"
                    )
                    for row in rows { try statement.execute(arguments: [row]) }
                }
            }
        }
        return kept
    }

    package func savePenalties(
        _ changes: PenaltyChanges,
        at time: Timestamp
    ) async throws(StoreError) {
        try await writing { database in
            try PenaltyWriter(database: database, now: time.milliseconds).write(changes)
        }
    }

    package func removePenalties(notSavedAt time: Timestamp) async throws(StoreError) {
        try await writing { database in
            for table in ["source_penalties", "account_penalties", "known_sources"] {
                try database.execute(
                    sql: "DELETE FROM \(table) WHERE saved <> ?",
                    arguments: [time.milliseconds]
                )
            }
        }
    }

    package func setBans(_ bans: [BanReport], at time: Timestamp) async throws(StoreError) {
        try await writing { database in
            try PenaltyWriter(database: database, now: time.milliseconds).write(bans)
        }
    }

    package func removeBans(
        _ ranges: [AddressRange],
        penaltiesOf sources: [Source]
    ) async throws(StoreError) {
        try await writing { database in
            let writer = PenaltyWriter(database: database, now: 0)
            try writer.run("DELETE FROM bans WHERE range = ?", ranges) { ["\($0)"] }
            try writer.write(PenaltyChanges(endedSources: sources))
        }
    }
}

/// Writes penalties as they are at one moment.
private struct PenaltyWriter {
    let database: Database
    /// Milliseconds since 1970.
    let now: Int64

    func write(_ changes: PenaltyChanges) throws {
        try run("DELETE FROM source_penalties WHERE source = ?", changes.endedSources) {
            ["\($0)"]
        }
        try run("DELETE FROM account_penalties WHERE user = ?", changes.endedAccounts) { [$0] }
        try run(
            "DELETE FROM known_sources WHERE user = ? AND source = ?",
            changes.forgottenSources
        ) {
            [$0.account, "\($0.source)"]
        }
        try run(
            """
            REPLACE INTO source_penalties (source, saved, age, remaining, latest, offences)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            changes.sources
        ) { penalty in
            [
                "\(penalty.source)", now, penalty.age, penalty.remaining, penalty.latest.name,
                Self.text(of: penalty.offences),
            ]
        }
        try run(
            """
            REPLACE INTO account_penalties (user, saved, age, shares, offences)
            SELECT uuid, ?, ?, ?, ? FROM users WHERE uuid = ?
            """,
            changes.accounts
        ) { penalty in
            [
                now, penalty.age,
                PenaltyPairs(penalty.shares.map { ("\($0.key)", $0.value) }).text,
                Self.text(of: penalty.offences), penalty.account,
            ]
        }
        try run(
            """
            REPLACE INTO known_sources (user, source, saved, age)
            SELECT uuid, ?, ?, ? FROM users WHERE uuid = ?
            """,
            changes.knownSources
        ) { known in
            ["\(known.source)", now, known.age, known.account]
        }
    }

    func write(_ bans: [BanReport]) throws {
        try run(
            "REPLACE INTO bans (range, saved, age, remaining, reason) VALUES (?, ?, ?, ?, ?)",
            bans
        ) { ban in
            ["\(ban.range)", now, ban.age, ban.remaining, ban.reason]
        }
    }

    func run<Element>(
        _ sql: String,
        _ elements: [Element],
        _ arguments: (Element) -> StatementArguments
    ) throws {
        guard !elements.isEmpty else { return }
        let statement = try database.cachedStatement(sql: sql)
        for element in elements { try statement.execute(arguments: arguments(element)) }
    }

    private static func text(of offences: [Offence: Int]) -> String {
        PenaltyPairs(offences.map { ($0.key.name, Int64($0.value)) }).text
    }
}
