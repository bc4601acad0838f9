import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

/// One difference between a document and the store, and whom it concerns.
struct SnapshotCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the clients are told; nil where nobody is cut off.
    let reason: String?
    let ended: Set<String>
    let edit: @Sendable (inout EditableDocument, SnapshotScene) throws -> Void

    init(
        _ description: String,
        _ reason: String?,
        _ ended: Set<String>,
        _ edit: @escaping @Sendable (inout EditableDocument, SnapshotScene) throws -> Void
    ) {
        testDescription = description
        self.reason = reason
        self.ended = ended
        self.edit = edit
    }

    private static let guest: Set = ["guest@one", "guest@two", "key@one"]
    private static let onOne: Set = [
        "owner@one", "guest@one", "key@one", "delegate@one", "admin@one",
    ]

    static let all = users + servers + shares

    private static let users = [
        SnapshotCase("another password", "Your password was changed", guest) {
            $0.users[$1.guest.id]?.passwordHash =
                "$2y$04$s/ImRc0lzOG5TPzBEFu.U.lERBG42EebO66/rU7CcM8MWWda49xhy"
        },
        SnapshotCase("no password any more", "Your password was changed", guest) {
            $0.users[$1.guest.id]?.passwordHash = nil
        },
        SnapshotCase("another name", "Your user name was changed", guest) {
            $0.users[$1.guest.id]?.name = try UserName("visitor")
        },
        SnapshotCase("another address", nil, []) {
            $0.users[$1.guest.id]?.email = try Email("visitor@example.org")
        },
        SnapshotCase("an address in another case", nil, []) {
            $0.users[$1.guest.id]?.email = try Email("Guest@example.org")
        },
        SnapshotCase("an administrator made", "Your permissions were changed", guest) {
            $0.users[$1.guest.id]?.isAdministrator = true
        },
        SnapshotCase("an administrator less", "Your permissions were changed", ["admin@one"]) {
            $0.users[$1.admin.id]?.isAdministrator = false
        },
        SnapshotCase("a user less", "Your account was deleted", guest) { $0.remove($1.guest) },
        SnapshotCase("a key less", "The key you signed in with was removed", ["key@one"]) {
            document,
            _ in
            document.keys = []
        },
        SnapshotCase("a key with another name", nil, []) { document, _ in
            document.keys[0].name = try DisplayName("desktop")
        },
    ]

    private static let servers = [
        SnapshotCase("a server less", "This server was deleted", onOne) { $0.remove($1.one) },
        SnapshotCase("a server suspended", "This server is suspended", onOne) {
            $0.servers[$1.one.id]?.state = .suspended
        },
        SnapshotCase("a server moved", "The files of this server were moved", onOne) {
            $0.servers[$1.one.id]?.directory = try ServerDirectory("elsewhere")
        },
        SnapshotCase("a server renamed", nil, []) {
            $0.servers[$1.one.id]?.name = try DisplayName("Other")
        },
        SnapshotCase(
            "a server with a new owner",
            "This server has a new owner",
            ["owner@one", "delegate@one"]
        ) {
            $0.servers[$1.one.id]?.ownerID = $1.heir.id
        },
    ]

    private static let shares = [
        SnapshotCase(
            "other permissions of a subuser",
            "Your permissions on this server were changed",
            ["guest@one", "key@one"]
        ) {
            $0.subusers[SubuserPlace(serverID: $1.one.id, userID: $1.guest.id)] = ["file.sftp"]
        },
        SnapshotCase(
            "a subuser less",
            "Your access to this server was removed",
            ["guest@two"]
        ) {
            $0.subusers[SubuserPlace(serverID: $1.two.id, userID: $1.guest.id)] = nil
        },
        SnapshotCase(
            "a delegate who becomes a subuser too",
            "Your permissions on this server were changed",
            ["delegate@two"]
        ) {
            $0.subusers[SubuserPlace(serverID: $1.two.id, userID: $1.delegate.id)] = ["file.read"]
        },
        SnapshotCase(
            "other permissions of a delegate",
            "Your permissions on this server were changed",
            ["delegate@one", "delegate@two"]
        ) {
            $0.delegations[DelegationPlace(ownerID: $1.owner.id, userID: $1.delegate.id)] = ["*"]
        },
        SnapshotCase(
            "a delegation less",
            "Your access to this server was removed",
            ["delegate@one", "delegate@two"]
        ) { document, _ in
            document.delegations = [:]
        },
        SnapshotCase("another subuser", nil, []) {
            $0.subusers[SubuserPlace(serverID: $1.two.id, userID: $1.heir.id)] = ["file.sftp"]
        },
    ]
}

@Suite("What a document takes away")
struct SnapshotRevocationTests {
    @Test("ends exactly the sessions that had it, once", arguments: SnapshotCase.all)
    func differences(_ difference: SnapshotCase) async throws {
        let scene = try await SnapshotScene()
        let all = Set(scene.sessions.keys)
        var document = try await scene.document()
        try difference.edit(&document, scene)

        let before = try await scene.host.store.activity(ActivityQuery()).records.count
        let trial = try await scene.replace(with: document, isTrial: true)
        #expect(trial.value.isTrial && trial.value.isChange)
        #expect(trial.value.endings.count == difference.ended.count)
        #expect(trial.revocation == RevocationOutcome())
        #expect(await scene.openSessions() == all)
        #expect(scene.host.sessions.calls.isEmpty)
        #expect(try await scene.host.store.activity(ActivityQuery()).records.count == before)

        let done = try await scene.replace(with: document)
        #expect(await scene.openSessions() == all.subtracting(difference.ended))
        #expect(done.revocation.found == difference.ended.count)
        #expect(Set(done.value.endings.map(\.reason)) == Set([difference.reason].compactMap { $0 }))
        let reasons = scene.host.sessions.calls.map(\.reason)
        #expect(Set(reasons) == Set([difference.reason].compactMap { $0 }))
        #expect(try await scene.host.entries("snapshot:import").count == 1)

        let again = try await scene.replace(with: document)
        #expect(!again.value.isChange && again.value.endings.isEmpty)
        #expect(scene.host.sessions.calls.map(\.reason) == reasons)
        #expect(try await scene.host.entries("snapshot:import").count == 1)
    }

    @Test("many differences at once end their sessions for their own reasons, each session once")
    func several() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        document.remove(scene.guest)
        document.servers[scene.one.id]?.state = .restoring
        document.delegations = [:]
        let done = try await scene.replace(with: document)
        #expect(await scene.openSessions() == ["owner@two"])
        #expect(done.revocation.found == 7)
        let calls = scene.host.sessions.calls
        #expect(calls.count == 3)
        func isCalled(_ reason: String, _ names: String...) -> Bool {
            let ids = Set(names.compactMap { scene.sessions[$0] })
            return calls.contains { $0.reason == reason && $0.selector == .sessions(ids) }
        }
        #expect(isCalled("Your account was deleted", "guest@one", "key@one", "guest@two"))
        #expect(isCalled("This server is restoring", "owner@one", "delegate@one", "admin@one"))
        #expect(isCalled("Your access to this server was removed", "delegate@two"))
    }

    @Test("each subuser that is recorded has what ended for them on that server, and no more")
    func places() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        let (one, two) = (scene.one.id, scene.two.id)
        document.subusers = [
            SubuserPlace(serverID: one, userID: scene.guest.id): ["file.sftp"],
            SubuserPlace(serverID: two, userID: scene.delegate.id): ["file.read"],
            SubuserPlace(serverID: two, userID: scene.heir.id): ["file.read"],
        ]
        let done = try await scene.replace(with: document)
        #expect(done.revocation.found == 4)
        func found(_ event: String) async throws -> [String: Int64] {
            var found: [String: Int64] = [:]
            for entry in try await scene.host.entries(event) {
                let server = entry.serverID == one ? "one" : "two"
                found["\(entry.userName ?? "")@\(server)"] = entry.endedCount
            }
            return found
        }
        #expect(try await found("server:subuser.update") == ["guest@one": 2])
        #expect(try await found("server:subuser.delete") == ["guest@two": 1])
        let created = try await found("server:subuser.create")
        #expect(created["delegate@two"] == 1 && created["heir@two"] == 0)
        let entry = try #require(try await scene.host.entries("server:subuser.update").first)
        #expect(
            entry.properties["revoked"]
                == .object([
                    "found": 2, "endedByGoodbye": 2, "endedByKill": 0, "pending": .list([]),
                    "milliseconds": 1,
                ])
        )
        let whole = try #require(try await scene.host.entries("snapshot:import").first)
        #expect(whole.endedCount == 4)
    }

    @Test("a session that is found was there after the change was stored")
    func order() async throws {
        let scene = try await SnapshotScene()
        var document = try await scene.document()
        document.remove(scene.guest)
        let (store, guest) = (scene.host.store, scene.guest)
        #expect(try store.signInCredentials(userName: "guest") != nil)
        let seen = Seen()
        scene.host.sessions.duringRevocations {
            await seen.note((try? store.signInCredentials(userName: "\(guest.name)")) != nil)
        }
        _ = try await scene.replace(with: document)
        #expect(await seen.values == [false])
    }
}

/// What was seen in the middle of a revocation.
actor Seen {
    private(set) var values: [Bool] = []

    func note(_ value: Bool) { values.append(value) }
}
