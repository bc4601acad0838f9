import Admission
import GRDB
import GateTestSupport
import SubuserStore
import Testing

@Suite("Penalties in the store")
struct PenaltyStoreTests {
    private let directory: TemporaryDirectory
    private let store: SQLiteStore
    private let saved = Timestamp(milliseconds: 1_000_000)
    private let range: AddressRange
    private let source: Source

    init() throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.file("store.sqlite"))
        range = try AddressRange("192.0.2.0/24")
        source = Source(range: try AddressRange("2001:db8::/64"))
    }

    private func makeUser(_ name: String) async throws -> User {
        let new = NewUser(
            id: .random(),
            name: try UserName(name),
            email: try Email("\(name)@example.org"),
            passwordHash: "$2y$04$old",
            isAdministrator: false
        )
        return try await store.addUser(new).user
    }

    /// Something of everything.
    private func fill(_ user: UserID) async throws {
        try await store.setBans(
            [
                BanReport(range: range, reason: "a", age: 5, remaining: 70_000),
                BanReport(range: source.range, reason: "", remaining: nil),
            ],
            at: saved
        )
        try await store.savePenalties(
            PenaltyChanges(
                sources: [
                    SourcePenalty(
                        source: source,
                        remaining: 60_000,
                        age: 10_000,
                        isEnforced: true,
                        latest: .floodBeforeSignIn,
                        offences: [.floodBeforeSignIn: 3, .unknownUser: 255]
                    )
                ],
                accounts: [
                    AccountPenalty(
                        account: "\(user)",
                        shares: [source: 300_000, Source(range: range): 40_000],
                        remaining: 7,
                        age: 1,
                        offences: [.wrongPassword: 2]
                    )
                ],
                knownSources: [KnownSource(account: "\(user)", source: source, age: 9)]
            ),
            at: saved
        )
    }

    private func kept(after milliseconds: Int64) async throws -> PenaltySnapshot {
        let time = Timestamp(milliseconds: saved.milliseconds + milliseconds)
        let kept = try await store.penalties(at: time)
        #expect(kept.damaged.isEmpty)
        return kept.snapshot
    }

    @Test("what is saved is what is read, grown older by the time between")
    func roundTrip() async throws {
        try await fill(try await makeUser("ann").id)
        let now = try await kept(after: 0)
        #expect(now.bans.map(\.remaining) == [70_000, nil])
        #expect(now.bans.map(\.reason) == ["a", ""])
        #expect(now.sources.first?.offences == [.floodBeforeSignIn: 3, .unknownUser: 255])
        #expect(now.accounts.first?.shares == [source: 300_000, Source(range: range): 40_000])
        let later = try await kept(after: 50_000)
        #expect(later.bans.map(\.remaining) == [20_000, nil])
        #expect(later.bans.map(\.age) == [50_005, 50_000])
        #expect(later.sources.map(\.remaining) == [10_000])
        #expect(later.sources.map(\.age) == [60_000])
        #expect(later.accounts.first?.shares == [source: 250_000, Source(range: range): -10_000])
        #expect(later.knownSources.map(\.age) == [50_009])
    }

    @Test("a calendar that was set back makes nothing longer, and no number traps")
    func calendar() async throws {
        try await fill(try await makeUser("ann").id)
        let back = try await kept(after: -1_000_000_000)
        #expect(back.bans.map(\.remaining) == [70_000, nil])
        #expect(back.sources.map(\.remaining) == [60_000])
        #expect(back.sources.map(\.age) == [10_000])
        let away = try await store.penalties(at: Timestamp(milliseconds: .max)).snapshot
        #expect(away.sources.allSatisfy { $0.remaining <= 0 })
        let queue = try DatabaseQueue(path: store.path)
        for extreme in [Int64.min, .max] {
            for other in [Int64.min, .max] {
                try await queue.write { database in
                    try database.execute(
                        sql: "UPDATE source_penalties SET saved = ?, age = ?, remaining = ?",
                        arguments: [extreme, other, other]
                    )
                }
                let snapshot = try await store.penalties(at: saved).snapshot
                let penalties = Penalties(PenaltyRules(), restoring: snapshot, elapsed: 0, at: 0)
                let longest = penalties.sources(at: 0).map(\.remaining).max() ?? 0
                #expect(longest <= PenaltyRules().maximum)
            }
        }
    }

    @Test("what ended is removed, and what another gate left behind can be")
    func removal() async throws {
        let user = try await makeUser("ann").id
        try await fill(user)
        try await store.removeBans([range], penaltiesOf: [source])
        try await store.savePenalties(
            PenaltyChanges(
                endedAccounts: ["\(user)"],
                forgottenSources: [KnownPlace(account: "\(user)", source: source)]
            ),
            at: saved
        )
        let left = try await kept(after: 0)
        #expect(left.bans.map(\.range) == [source.range])
        #expect(left.sources.isEmpty && left.accounts.isEmpty && left.knownSources.isEmpty)
        try await fill(user)
        try await store.removePenalties(notSavedAt: saved)
        #expect(try await kept(after: 0).sources.count == 1)
        try await store.removePenalties(notSavedAt: Timestamp(milliseconds: 5))
        let none = try await kept(after: 0)
        #expect(none.sources.isEmpty && none.accounts.isEmpty && none.knownSources.isEmpty)
        #expect(none.bans.count == 2)
    }

    @Test("known sources go with the password, everything about an account with the user")
    func users() async throws {
        let (ann, bob) = (try await makeUser("ann").id, try await makeUser("bob").id)
        try await fill(ann)
        try await fill(bob)
        _ = try await store.changeUser(
            bob,
            UserEdit(email: try Email("new@example.org"), password: .keep)
        )
        // Another hash of the same password is no other password.
        #expect(try await store.replacePasswordHash("$2y$04$old", of: bob, by: "$y$"))
        #expect(try await kept(after: 0).knownSources.count == 2)
        _ = try await store.changeUser(ann, UserEdit(password: .replace(hash: "$2y$04$new")))
        #expect(try await kept(after: 0).knownSources.map(\.account) == ["\(bob)"])
        #expect(try await kept(after: 0).accounts.count == 2)
        _ = try await store.removeUser(bob)
        #expect(try await kept(after: 0).accounts.map(\.account) == ["\(ann)"])
        #expect(try await kept(after: 0).knownSources.isEmpty)
        // A gate that has not heard of it yet saves nothing of theirs.
        try await fill(bob)
        #expect(try await kept(after: 0).accounts.map(\.account) == ["\(ann)"])
    }

    @Test(
        "a row that means nothing is named and removed, and costs no other",
        arguments: [
            ("bans", "range"), ("source_penalties", "source"), ("source_penalties", "latest"),
            ("source_penalties", "offences"), ("account_penalties", "shares"),
            ("known_sources", "source"),
        ]
    )
    func damage(table: String, column: String) async throws {
        let (ann, bob) = (try await makeUser("ann").id, try await makeUser("bob").id)
        try await fill(ann)
        try await fill(bob)
        let whole = try await kept(after: 0)
        func count(_ snapshot: PenaltySnapshot) -> Int {
            snapshot.bans.count + snapshot.sources.count + snapshot.accounts.count
                + snapshot.knownSources.count
        }
        let queue = try DatabaseQueue(path: store.path)
        try await queue.write { database in
            let first = "rowid = (SELECT min(rowid) FROM \(table))"
            try database.execute(sql: "UPDATE \(table) SET \(column) = 'x y=z' WHERE \(first)")
        }
        let damaged = try await store.penalties(at: saved)
        #expect(damaged.damaged.count == 1)
        #expect(damaged.damaged.first?.contains("x y=z") == true)
        #expect(count(damaged.snapshot) == count(whole) - 1)
        #expect(try await store.penalties(at: saved).damaged.isEmpty)
    }
}
