import Admission
import GRDB

/// Reads what is kept of penalties, row by row: one that means nothing costs no other.
struct PenaltyReader {
    let database: Database
    /// Milliseconds since 1970.
    let now: Int64
    private(set) var kept = KeptPenalties()
    /// The rows that mean nothing, by their tables.
    private(set) var damaged: [String: [Int64]] = [:]

    init(database: Database, now: Int64) {
        self.database = database
        self.now = now
    }

    mutating func readAll() throws {
        try read("bans") { reader, row in
            guard let range = row.range("range"), let age = row.number("age"),
                let reason = row.text("reason"), let passed = reader.age(of: row)
            else { return false }
            let remaining = row.number("remaining").map { passed.left(of: $0) }
            reader.kept.snapshot.bans.append(
                BanReport(
                    range: range,
                    reason: reason,
                    age: passed.added(to: age),
                    remaining: remaining
                )
            )
            return true
        }
        try read("source_penalties") { reader, row in
            guard let range = row.range("source"), let age = row.number("age"),
                let remaining = row.number("remaining"), let passed = reader.age(of: row),
                let latest = row.text("latest").flatMap({ Offence(name: $0) }),
                let offences = row.offences
            else { return false }
            reader.kept.snapshot.sources.append(
                SourcePenalty(
                    source: Source(range: range),
                    remaining: passed.left(of: remaining),
                    age: passed.added(to: age),
                    isEnforced: true,
                    latest: latest,
                    offences: offences
                )
            )
            return true
        }
        try read("account_penalties") { reader, row in
            guard let user = row.text("user"), let age = row.number("age"),
                let shares = row.shares, let passed = reader.age(of: row),
                let offences = row.offences
            else { return false }
            reader.kept.snapshot.accounts.append(
                AccountPenalty(
                    account: user,
                    shares: shares.mapValues { passed.left(of: $0) },
                    remaining: 0,
                    age: passed.added(to: age),
                    offences: offences
                )
            )
            return true
        }
        try read("known_sources") { reader, row in
            guard let user = row.text("user"), let range = row.range("source"),
                let age = row.number("age"), let passed = reader.age(of: row)
            else { return false }
            reader.kept.snapshot.knownSources.append(
                KnownSource(
                    account: user,
                    source: Source(range: range),
                    age: passed.added(to: age)
                )
            )
            return true
        }
    }

    private mutating func read(
        _ table: String,
        _ take: (inout PenaltyReader, Row) -> Bool
    ) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT rowid AS number, * FROM \(table)")
        while let row = try rows.next() {
            guard !take(&self, row) else { continue }
            if let number = row.number("number") { damaged[table, default: []].append(number) }
            kept.damaged.append("\(table): \(row.copy().description)")
        }
    }

    private func age(of row: Row) -> SavedAge? {
        row.number("saved").map { SavedAge(from: $0, to: now) }
    }
}

/// What stands in a row, where it is what it should be.
extension Row {
    fileprivate func number(_ column: String) -> Int64? {
        Int64.fromDatabaseValue(self[column])
    }

    fileprivate func text(_ column: String) -> String? {
        String.fromDatabaseValue(self[column])
    }

    fileprivate func range(_ column: String) -> AddressRange? {
        text(column).flatMap { try? AddressRange($0) }
    }

    /// An offence that this version does not know is left out.
    fileprivate var offences: [Offence: Int]? {
        guard let pairs = text("offences").flatMap({ PenaltyPairs($0) })?.pairs else { return nil }
        var offences: [Offence: Int] = [:]
        for (name, number) in pairs {
            if let offence = Offence(name: name) { offences[offence] = Int(clamping: number) }
        }
        return offences
    }

    fileprivate var shares: [Source: Int64]? {
        guard let pairs = text("shares").flatMap({ PenaltyPairs($0) })?.pairs else { return nil }
        var shares: [Source: Int64] = [:]
        for (name, number) in pairs {
            guard let range = try? AddressRange(name) else { return nil }
            shares[Source(range: range)] = number
        }
        return shares
    }
}
