import AccessControl
import GateTestSupport
import SubuserStore
import Testing

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("what was added is read back, also after reopening")
    func persistence() async throws {
        let here = try await Populated()
        try here.store.close()
        let store = try SQLiteStore(path: here.directory.file("store.sqlite"))
        #expect(try await store.users().map(\.name.description) == ["guest", "owner"])
        let owner = try await store.user(.email(Email("owner@EXAMPLE.org")))
        #expect(owner == here.owner)
        #expect(owner.hasPassword)
        #expect(owner.email.description == "Owner@example.org")
        #expect(try await !store.user(.name(UserName("Guest"))).hasPassword)
        #expect(try await store.servers() == [here.server])
        #expect(try await store.server(.shortID(here.server.shortID)) == here.server)
        #expect(here.server.ownerName.description == "owner")
    }

    @Test("names, addresses and uuids exist once, whatever their case")
    func uniqueUsers() async throws {
        let here = try await Populated()
        let store = here.store
        await #expect(throws: StoreError.alreadyExists(.userName)) {
            try await store.addUser(NewUser(name: UserName("OWNER"), email: Email("x@example.org")))
        }
        await #expect(throws: StoreError.alreadyExists(.email)) {
            try await store.addUser(NewUser(name: UserName("x"), email: Email("OWNER@example.org")))
        }
        await #expect(throws: StoreError.alreadyExists(.userID)) {
            try await store.addUser(
                NewUser(id: here.owner.id, name: UserName("x"), email: Email("x@example.org"))
            )
        }
        await #expect(throws: StoreError.alreadyExists(.email)) {
            try await store.changeUser(here.guest.id, UserEdit(email: Email("owner@example.org")))
        }
        #expect(try await store.users().count == 2)
    }

    @Test("servers have a short id and a directory of their own")
    func uniqueServers() async throws {
        let here = try await Populated()
        func new(_ id: ServerID, _ directory: String) throws -> NewServer {
            NewServer(
                id: id,
                name: try DisplayName("Two"),
                ownerID: here.owner.id,
                directory: try ServerDirectory(directory)
            )
        }
        let sameStart = try #require(
            ServerID("\(here.server.shortID)-0000-4000-8000-000000000000")
        )
        await #expect(throws: StoreError.alreadyExists(.shortID)) {
            try await here.store.addServer(new(sameStart, "two"))
        }
        await #expect(throws: StoreError.alreadyExists(.directory)) {
            try await here.store.addServer(new(.random(), "one"))
        }
        await #expect(throws: StoreError.alreadyExists(.serverID)) {
            try await here.store.addServer(new(here.server.id, "two"))
        }
        #expect(try await here.store.addServer(new(.random(), "two")).directory.path == "two")
    }

    @Test("a server's directory neither lies in another's nor holds one")
    func nestedDirectories() async throws {
        let here = try await Populated()
        func new(_ directory: String) throws -> NewServer {
            NewServer(
                name: try DisplayName("Other"),
                ownerID: here.owner.id,
                directory: try ServerDirectory(directory)
            )
        }
        let other = try await here.store.addServer(new("games/two"))
        for directory in ["one/inside", "games", "games/two/deep/er"] {
            await #expect(throws: StoreError.alreadyExists(.directory)) {
                try await here.store.addServer(new(directory))
            }
        }
        // Names that only begin alike are different directories.
        _ = try await here.store.addServer(new("games/two-more"))
        await #expect(throws: StoreError.alreadyExists(.directory)) {
            try await here.store.changeServer(
                other.id,
                ServerEdit(directory: ServerDirectory("one/deeper"))
            )
        }
        let moved = try await here.store.changeServer(
            other.id,
            ServerEdit(directory: ServerDirectory("games/three"))
        )
        #expect(moved.after.directory.path == "games/three")
    }

    @Test("a user is changed part by part, and an equal edit is no change")
    func userEdits() async throws {
        let here = try await Populated()
        let id = here.guest.id
        let renamed = try await here.store.changeUser(id, UserEdit(name: UserName("visitor")))
        #expect(renamed.before == here.guest)
        #expect(renamed.after.name.description == "visitor")
        #expect(renamed.after.email == here.guest.email)
        #expect(try await here.store.user(.id(id)) == renamed.after)
        let password = try await here.store.changeUser(
            id,
            UserEdit(password: .replace(hash: "$1"), isAdministrator: true)
        )
        #expect(password.isPasswordChanged)
        #expect(password.after.hasPassword && password.after.isAdministrator)
        let same = try await here.store.changeUser(
            id,
            UserEdit(name: UserName("visitor"), password: .replace(hash: "$1"))
        )
        #expect(!same.isChange)
        #expect(same.after == password.after)
        let removed = try await here.store.changeUser(id, UserEdit(password: .remove))
        #expect(removed.isPasswordChanged && !removed.after.hasPassword)
    }

    @Test("deleting a user takes their keys and assignments, but never a server's owner")
    func deletion() async throws {
        let here = try await Populated()
        let key = try PublicKey(KeyVector.all[0].line)
        _ = try await here.store.addKey(key, name: nil, of: here.guest.id)
        _ = try await here.store.addSubuser(
            here.guest.id,
            on: here.server.id,
            permissions: permissions("file.sftp")
        )
        await #expect(throws: StoreError.ownsServers(count: 1)) {
            try await here.store.removeUser(here.owner.id)
        }
        #expect(try await here.store.removeUser(here.guest.id).user.name == here.guest.name)
        #expect(try await here.store.subusers(of: here.server.id).isEmpty)
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.keys(of: here.guest.id)
        }
        _ = try await here.store.removeServer(here.server.id)
        #expect(try await here.store.removeUser(here.owner.id).user.id == here.owner.id)
    }

    @Test("keys belong to one user each and can be the same for two")
    func keys() async throws {
        let here = try await Populated()
        let key = try PublicKey(KeyVector.all[0].line)
        let name = try DisplayName("laptop")
        let stored = try await here.store.addKey(key, name: name, of: here.guest.id)
        #expect(stored.fingerprint.description == KeyVector.all[0].fingerprint)
        #expect(try await here.store.keys(of: here.guest.id) == [stored])
        #expect(try await here.store.user(.id(here.guest.id)).keyCount == 1)
        await #expect(throws: StoreError.alreadyExists(.key)) {
            try await here.store.addKey(key, name: nil, of: here.guest.id)
        }
        _ = try await here.store.addKey(key, name: nil, of: here.owner.id)
        #expect(try await here.store.removeKey(key.fingerprint, of: here.guest.id) == stored)
        #expect(try await here.store.keys(of: here.guest.id).isEmpty)
        #expect(try await here.store.keys(of: here.owner.id).count == 1)
        await #expect(throws: StoreError.notFound(.key)) {
            try await here.store.removeKey(key.fingerprint, of: here.guest.id)
        }
    }

    @Test("what does not exist is said to be missing")
    func missing() async throws {
        let here = try await Populated()
        let key = try PublicKey(KeyVector.all[0].line)
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.user(.id(.random()))
        }
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.addKey(key, name: nil, of: .random())
        }
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.addSubuser(.random(), on: here.server.id, permissions: .none)
        }
        await #expect(throws: StoreError.notFound(.server)) {
            try await here.store.server(.id(.random()))
        }
        await #expect(throws: StoreError.notFound(.server)) {
            try await here.store.subusers(of: .random())
        }
        await #expect(throws: StoreError.notFound(.server)) {
            try await here.store.removeServer(.random())
        }
    }
}
