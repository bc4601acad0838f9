import AccessControl
import GateTestSupport
import SignInSecrets
import SubuserStore
import Testing

@Suite("Sign-in policies in the store")
struct PolicyStoreTests {
    private static func policy(_ texts: String...) throws -> SignInPolicy {
        try SignInPolicy(texts)
    }

    @Test("of a user are made with them, kept, replaced and removed, and read by a sign-in")
    func users() async throws {
        let here = try await Populated()
        let (store, id) = (here.store, here.guest.id)
        #expect(here.guest.policy == nil)
        let keys = try Self.policy("publickey")
        let made = try await store.addUser(
            NewUser(name: UserName("strict"), email: Email("s@example.org"), policy: keys)
        )
        #expect(made.user.policy == keys)
        let both = try Self.policy("password+code", "publickey")
        let set = try await store.changeUser(id, UserEdit(policy: .replace(both)))
        #expect(set.isChange && set.before.policy == nil && set.after.policy == both)
        #expect(try store.signInCredentials(userName: "guest")?.policy == both)
        let kept = try await store.changeUser(id, UserEdit(isAdministrator: true))
        #expect(kept.after.policy == both)
        #expect(try await !store.changeUser(id, UserEdit(policy: .replace(both))).isChange)
        #expect(try await store.changeUser(id, UserEdit(policy: .remove)).after.policy == nil)
        #expect(try store.signInCredentials(userName: "guest")?.policy == nil)
        #expect(try await store.user(.id(id)).policy == nil)
    }

    @Test("of a server are made with it, kept, replaced and removed")
    func servers() async throws {
        let here = try await Populated()
        let (store, id) = (here.store, here.server.id)
        let keys = try Self.policy("publickey")
        let made = try await store.addServer(
            NewServer(
                name: DisplayName("Two"),
                ownerID: here.guest.id,
                directory: ServerDirectory("two"),
                policy: keys
            )
        )
        #expect(made.policy == keys)
        let set = try await store.changeServer(id, ServerEdit(policy: .replace(keys)))
        #expect(set.isChange && set.after.policy == keys)
        let kept = try await store.changeServer(id, ServerEdit(state: .suspended))
        #expect(kept.after.policy == keys)
        #expect(try store.access(userName: "owner", server: "\(id)")?.server.policy == keys)
        #expect(try await store.changeServer(id, ServerEdit(policy: .remove)).after.policy == nil)
    }

    @Test("stay what they are where a document says nothing about them, and only there")
    func snapshots() async throws {
        let here = try await Populated()
        let store = here.store
        let keys = try Self.policy("publickey")
        _ = try await store.changeUser(here.guest.id, UserEdit(policy: .replace(keys)))
        _ = try await store.changeServer(here.server.id, ServerEdit(policy: .replace(keys)))
        func put(_ policy: PolicyMention) async throws -> SnapshotDifference {
            var builder = SnapshotBuilder()
            let before = try await store.snapshot()
            for var user in before.users.values {
                user.policy = nil
                try builder.add(user, policy: policy, line: 1)
            }
            for var server in before.servers.values {
                server.policy = nil
                try builder.add(server, policy: policy, line: 1)
            }
            let new = NewUser(name: try UserName("new"), email: try Email("new@example.org"))
            if before.users.count == 2 { try builder.add(new, policy: policy, line: 1) }
            return try await store.replaceContents(with: builder.finish(), isTrial: false)
        }
        let unsaid = try await put(.unsaid)
        #expect(unsaid.users.changed.isEmpty && unsaid.servers.isEmpty)
        #expect(try await store.user(.id(here.guest.id)).policy == keys)
        #expect(try await store.user(.name(UserName("new"))).policy == nil)
        let said = try await put(.said)
        #expect(said.users.changed.map(\.id) == [here.guest.id])
        #expect(said.servers.changed.map(\.id) == [here.server.id])
        #expect(try await store.user(.id(here.guest.id)).policy == nil)
        #expect(try await store.server(.id(here.server.id)).policy == nil)
    }

    @Test("and second factors and app passwords of those who stay are there after a document")
    func credentials() async throws {
        let here = try await Populated()
        let (store, guest) = (here.store, here.guest.id)
        let secret = SharedSecret.random()
        let password = AppPassword.random()
        _ = try await store.setSecondFactor(
            NewSecondFactor(secret: secret, isConfirmed: true),
            of: guest
        )
        let recovery = RecoveryCode.random()
        _ = try await store.setRecoveryCodes([recovery], of: guest)
        for (name, server) in [("everywhere", nil), ("here", here.server.id)] {
            try await store.addAppPassword(
                StoredAppPassword(
                    userID: guest,
                    name: try DisplayName(name),
                    serverID: server,
                    createdAt: .now
                ),
                for: password
            )
        }
        var builder = SnapshotBuilder()
        let before = try await store.snapshot()
        for var user in before.users.values {
            // The names are swapped, which takes every user to another one on the way.
            user.name = user.id == guest ? here.owner.name : here.guest.name
            try builder.add(user, line: 1)
        }
        for var server in before.servers.values {
            server.directory = try ServerDirectory("elsewhere")
            try builder.add(server, line: 1)
        }
        let done = try await store.replaceContents(with: builder.finish(), isTrial: false)
        #expect(done.users.changed.count == 2 && done.servers.changed.count == 1)
        #expect(try store.signInCredentials(userName: "owner")?.hasCode == true)
        #expect(
            try await store.appPasswords(of: guest).map { "\($0.name)" } == ["everywhere", "here"]
        )
        let code = TimeBasedCode.code(of: secret, step: 50_000_000)
        let now = Timestamp(milliseconds: 50_000_000 * 30_000)
        #expect(try await store.useCode(code, of: guest, at: now).used == .timeBased)
        #expect(
            try await store.useCode(recovery.text, of: guest, at: now).used == .recovery(left: 0)
        )
    }
}
