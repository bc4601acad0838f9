package import GRDB
import LinuxSystem
import Synchronization

/// The store in one SQLite file, which other processes may read and write at the same time.
package final class SQLiteStore: AccessStore, Sendable {
    /// Where the file is.
    package let path: String
    let pool: DatabasePool
    /// What sign-ins read through, and nobody else.
    ///
    /// The pool's readers are a few, and each may be long at work on something else.
    private let signInReader: DatabaseQueue
    /// What SQLite last said about other programs' changes, as the one connection that writes sees
    /// it; nil before it was first asked.
    private let version = Mutex<Int64?>(nil)
    /// Tells the sessions of gates that run from those of gates that have ended.
    let presence: PresenceFile

    /// Opens the file, creates it if there is none, and brings its tables up to date.
    ///
    /// The file and, if it is missing, its directory become accessible to their owner only. A file
    /// that was not closed in order, or that is small enough for it to cost nothing, is looked
    /// through for damage first.
    ///
    /// - Parameters:
    ///   - path: The file; its directory's parent must exist.
    ///   - busyTimeout: How long a change waits for another process, in milliseconds.
    ///   - observer: Is told every statement that is run, without its values.
    /// - Throws: `locked`, `damaged`, `fromNewerVersion` or `unusable`.
    package init(
        path: String,
        busyTimeout: Int = 5000,
        observer: (@Sendable (String) -> Void)? = nil
    ) throws(StoreError) {
        self.path = path
        let file: PrivateFile.Preparation
        do throws(SystemError) {
            file = try PrivateFile.prepare(path, journalSuffix: "-wal")
        } catch {
            throw .unusable(path: path, detail: "\(error.code)")
        }
        (pool, signInReader) = try translatingErrors(of: path) {
            if file.size > 0 { try Self.inspect(file, path: path, busyTimeout: busyTimeout) }
            var configuration = Self.configuration(busyTimeout: busyTimeout, observer: observer)
            let pool = try DatabasePool(path: path, configuration: configuration)
            try Schema.migrator.migrate(pool)
            configuration.readonly = true
            configuration.label = "sign-in"
            return (pool, try DatabaseQueue(path: path, configuration: configuration))
        }
        do throws(SystemError) {
            presence = try PresenceFile(path + "-gates")
        } catch {
            throw .unusable(path: path, detail: "\(error.code)")
        }
    }

    /// Closes the file in order: everything lies in it afterwards, nothing in its journal.
    package func close() throws(StoreError) {
        try translatingErrors(of: path) { try signInReader.close() }
        // Others may be using the file; then what is in the journal simply stays there.
        _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try translatingErrors(of: path) { try pool.close() }
    }

    /// Up to this size, in bytes, looking through the whole file takes a moment only.
    private static let alwaysCheckedSize: Int64 = 64 << 20

    /// How long a reading may wait, in milliseconds; it happens on the gate's thread.
    ///
    /// In WAL mode a reader waits only while another process recovers or locks the whole file.
    private static let readerBusyTimeout = 250

    private static func configuration(
        busyTimeout: Int,
        observer: (@Sendable (String) -> Void)?
    ) -> Configuration {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Double(busyTimeout) / 1000)
        configuration.prepareDatabase { database in
            if let observer {
                database.trace { event in
                    if case .statement(let statement) = event { observer(statement.sql) }
                }
            }
            // Without it, the last commits before a power failure can be undone, and access that
            // was taken away and confirmed would be back.
            try database.execute(sql: "PRAGMA synchronous = FULL")
            if database.configuration.readonly {
                let wait = min(busyTimeout, readerBusyTimeout)
                try database.execute(sql: "PRAGMA busy_timeout = \(wait)")
            }
        }
        return configuration
    }

    /// Refuses a damaged file and one of a newer version before anything is written to it.
    ///
    /// Opening a file for writing writes to it, and what is damaged must stay as it is, or there
    /// is less left to save.
    private static func inspect(
        _ file: PrivateFile.Preparation,
        path: String,
        busyTimeout: Int
    ) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(Double(busyTimeout) / 1000)
        let reader = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? reader.close() }
        try reader.read { database in
            if file.hasJournal || file.size <= alwaysCheckedSize {
                let findings = try String.fetchAll(database, sql: "PRAGMA quick_check(1)")
                guard findings == ["ok"] else {
                    throw StoreError.damaged(path: path, detail: findings.first ?? "no tables")
                }
            }
            guard try !Schema.migrator.hasBeenSuperseded(database) else {
                throw StoreError.fromNewerVersion(path: path)
            }
        }
    }
}

extension SQLiteStore {
    package func wasChangedElsewhere() async throws(StoreError) -> Bool {
        let current: Int64
        do {
            // Every change of this program goes through the one connection that writes, and the
            // number that such a connection is told changes with those of others only.
            current = try await pool.writeWithoutTransaction { database in
                try Int64.fetchOne(database, sql: "PRAGMA data_version") ?? 0
            }
        } catch {
            throw StoreError(error, path: path)
        }
        return version.withLock { last in
            defer { last = current }
            return last != nil && last != current
        }
    }

    /// Reads for a sign-in in one transaction, on the calling thread.
    func readingNow<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try translatingErrors(of: path) { try signInReader.read(body) }
    }

    /// Reads in one transaction; only so many readings go on at the same time.
    package func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }

    /// Changes something in one transaction that has begun to write before it reads.
    func writing<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await pool.write(body)
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

private func translatingErrors<Value>(
    of path: String,
    _ body: () throws -> Value
) throws(StoreError) -> Value {
    do {
        return try body()
    } catch {
        throw StoreError(error, path: path)
    }
}
