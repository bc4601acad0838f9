import GateTestSupport
import SignInSecrets
import SubuserStore
import Testing

@Suite("App passwords in the store")
struct AppPasswordStoreTests {
    private static func record(
        _ name: String,
        of user: User,
        on server: Server? = nil
    ) throws -> StoredAppPassword {
        StoredAppPassword(
            userID: user.id,
            name: try DisplayName(name),
            serverID: server?.id,
            createdAt: .now
        )
    }

    @Test("are listed in their order, read by a sign-in, and removed")
    func keeping() async throws {
        let here = try await Populated()
        let passwords = [AppPassword.random(), .random()]
        let records = [
            try Self.record("backup", of: here.guest),
            try Self.record("editor", of: here.guest, on: here.server),
        ]
        for (record, password) in zip(records, passwords) {
            try await here.store.addAppPassword(record, for: password)
        }
        #expect(try await here.store.appPasswords(of: here.guest.id).map(\.id) == records.map(\.id))
        #expect(try await here.store.appPasswords(of: here.owner.id).isEmpty)
        let read = try #require(try here.store.signInCredentials(userName: "guest")?.appPasswords)
        #expect(
            Set(read)
                == Set(
                    zip(records, passwords).map {
                        AppPasswordKey(id: $0.id, server: $0.serverID, digest: $1.digest)
                    }
                )
        )
        let removed = try await here.store.removeAppPassword(records[0].id, of: here.guest.id)
        #expect(removed.name.description == "backup" && removed.serverID == nil)
        let left = try await here.store.appPasswords(of: here.guest.id)
        #expect(left.map(\.serverID) == [here.server.id])
        await #expect(throws: StoreError.notFound(.appPassword)) {
            _ = try await here.store.removeAppPassword(records[0].id, of: here.guest.id)
        }
        await #expect(throws: StoreError.notFound(.appPassword)) {
            _ = try await here.store.removeAppPassword(records[1].id, of: here.owner.id)
        }
    }

    @Test("have one name each for a person, and need their server and their owner")
    func names() async throws {
        let here = try await Populated()
        let first = try Self.record("backup", of: here.guest)
        try await here.store.addAppPassword(first, for: .random())
        await #expect(throws: StoreError.alreadyExists(.appPassword)) {
            try await here.store.addAppPassword(
                Self.record("backup", of: here.guest),
                for: .random()
            )
        }
        try await here.store.addAppPassword(Self.record("backup", of: here.owner), for: .random())
        _ = try await here.store.removeServer(here.server.id)
        await #expect(throws: StoreError.notFound(.server)) {
            try await here.store.addAppPassword(
                Self.record("other", of: here.guest, on: here.server),
                for: .random()
            )
        }
        _ = try await here.store.removeUser(here.guest.id)
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.addAppPassword(
                Self.record("other", of: here.guest),
                for: .random()
            )
        }
    }

    @Test("of a server go with it")
    func servers() async throws {
        let here = try await Populated()
        let everywhere = try Self.record("everywhere", of: here.guest)
        try await here.store.addAppPassword(everywhere, for: .random())
        try await here.store.addAppPassword(
            Self.record("here", of: here.guest, on: here.server),
            for: .random()
        )
        _ = try await here.store.removeServer(here.server.id)
        #expect(
            try await here.store.appPasswords(of: here.guest.id).map(\.id) == [everywhere.id]
        )
    }

    @Test("are so many for a person, and no more")
    func limit() async throws {
        let here = try await Populated()
        for number in 0..<StoredAppPassword.limit {
            let record = try Self.record("number \(number)", of: here.guest)
            try await here.store.addAppPassword(record, for: .random())
        }
        let more = try Self.record("more", of: here.guest)
        await #expect(throws: StoreError.tooManyAppPasswords) {
            try await here.store.addAppPassword(more, for: .random())
        }
        let oldest = try #require(try await here.store.appPasswords(of: here.guest.id).first)
        _ = try await here.store.removeAppPassword(oldest.id, of: here.guest.id)
        try await here.store.addAppPassword(more, for: .random())
    }
}
