import Foundation
import GRDB
import GateTestSupport
import SubuserStore
import Testing

@Suite("Opening the store")
struct OpeningTests {
    @Test("the file and a new directory are for their owner only")
    func modes() throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore(path: directory.file("new/store.sqlite"))
        #expect(try store.signInCredentials(userName: "x") == nil)
        #expect(directory.mode(of: "new") == 0o700)
        #expect(directory.mode(of: "new/store.sqlite") == 0o600)
        #expect(directory.mode(of: "new/store.sqlite-wal") == 0o600)
    }

    @Test("a file that others can read is closed to them")
    func narrowing() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.sqlite")
        try Data().write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(directory.mode(of: "store.sqlite") == 0o644)
        _ = try SQLiteStore(path: path)
        #expect(directory.mode(of: "store.sqlite") == 0o600)
    }

    @Test("two can have it open, and each sees what the other did")
    func twice() async throws {
        let here = try await Populated()
        let other = try SQLiteStore(path: here.directory.file("store.sqlite"))
        #expect(try await other.users().count == 2)
        _ = try await other.changeUser(here.guest.id, UserEdit(isAdministrator: true))
        let seen = try #require(try here.store.signInCredentials(userName: "guest"))
        #expect(seen.isAdministrator)
    }

    @Test("a write waits for another program's, and a reading does not")
    func busyWriter() async throws {
        let here = try await Populated()
        let other = try rival(at: here.directory.file("store.sqlite"))
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let write = Task {
            try await here.store.changeUser(here.guest.id, UserEdit(isAdministrator: true))
        }
        #expect(try here.store.signInCredentials(userName: "guest")?.isAdministrator == false)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await write.value.after.isAdministrator)
    }

    /// Another program, which may leave a transaction open for as long as it likes.
    private func rival(at path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    @Test("a file that another program keeps to itself is reported as locked")
    func locked() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.sqlite")
        #expect(throws: Never.self) { try SQLiteStore(path: path).close() }
        let other = try rival(at: path)
        try other.inDatabase { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "BEGIN EXCLUSIVE")
        }
        let error = #expect(throws: StoreError.self) {
            try SQLiteStore(path: path, busyTimeout: 10)
        }
        #expect(error == .locked(path: path))
        #expect(error?.remedy?.contains(path) == true)
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        try other.close()
        #expect(throws: Never.self) { try SQLiteStore(path: path) }
    }

    @Test("a change that cannot be made in time is refused, and nothing is half done")
    func lockedForWriting() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        let impatient = try SQLiteStore(path: path, busyTimeout: 10)
        let other = try rival(at: path)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: StoreError.locked(path: path)) {
            try await impatient.removeServer(here.server.id)
        }
        try other.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await impatient.server(.id(here.server.id)) == here.server)
    }

    @Test("a file that is no database is reported, and left as it was")
    func noDatabase() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.sqlite")
        let content = Data(String(repeating: "this is not a database\n", count: 100).utf8)
        try content.write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.damaged(path: path, detail: "it is not a SQLite database")) {
            try SQLiteStore(path: path)
        }
        #expect(FileManager.default.contents(atPath: path) == content)
    }

    @Test("damage inside the file is found at opening")
    func damaged() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        try await here.store.record((0..<2000).map { ActivityEntry(event: "event \($0)") })
        try here.store.close()
        #expect(throws: Never.self) { try SQLiteStore(path: path).close() }
        var content = try #require(FileManager.default.contents(atPath: path))
        // Everything but the first page, which says how the file is laid out.
        for index in stride(from: 4096, to: content.count, by: 7) { content[index] ^= 0xFF }
        try content.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: StoreError.self) { try SQLiteStore(path: path) }
        #expect(FileManager.default.contents(atPath: path) == content)
        guard case .damaged(path, _) = error else {
            Issue.record("not reported as damaged: \(String(describing: error))")
            return
        }
        #expect(error?.remedy?.contains(".recover") == true)
    }

    @Test("a row that no value can stand for is reported as damage")
    func impossibleRow() async throws {
        let here = try await Populated()
        let other = try DatabaseQueue(path: here.directory.file("store.sqlite"))
        try await other.write { try $0.execute(sql: "UPDATE servers SET directory = '../x'") }
        let error = #expect(throws: StoreError.self) {
            try here.store.access(userName: "owner", server: "\(here.server.shortID)")
        }
        guard case .damaged = error else {
            Issue.record("not reported as damaged: \(String(describing: error))")
            return
        }
    }

    @Test("a store from a newer version is refused and left as it was")
    func newer() async throws {
        let here = try await Populated()
        let path = here.directory.file("store.sqlite")
        try here.store.close()
        let other = try DatabaseQueue(path: path)
        try await other.write { database in
            try database.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')"
            )
        }
        try other.close()
        let content = FileManager.default.contents(atPath: path)
        #expect(throws: StoreError.fromNewerVersion(path: path)) { try SQLiteStore(path: path) }
        #expect(FileManager.default.contents(atPath: path) == content)
    }

    @Test("a place that cannot be used is reported with the kernel's reason")
    func unusable() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: StoreError.self) {
            try SQLiteStore(path: directory.file("missing/too/store.sqlite"))
        }
        #expect(error?.description.contains("No such file or directory") == true)
        try directory.makeDirectory("store.sqlite")
        #expect(throws: StoreError.self) { try SQLiteStore(path: directory.file("store.sqlite")) }
    }

    @Test("the file survives a process that never closed it")
    func unclean() async throws {
        let here = try await Populated()
        // A copy of what a killed process leaves: the file and its journal.
        try here.directory.makeDirectory("copy")
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: here.directory.file("store.sqlite" + suffix),
                toPath: here.directory.file("copy/store.sqlite" + suffix)
            )
        }
        let store = try SQLiteStore(path: here.directory.file("copy/store.sqlite"))
        #expect(try await store.users().count == 2)
        #expect(try await store.servers() == [here.server])
    }
}
