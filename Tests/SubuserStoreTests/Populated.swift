import AccessControl
import GateTestSupport
import SubuserStore
import Testing

/// A store in a directory of its own, with somebody in it.
struct Populated {
    let directory: TemporaryDirectory
    let store: SQLiteStore
    let owner: User
    let guest: User
    let server: Server

    init() async throws {
        directory = try TemporaryDirectory()
        store = try SQLiteStore(path: directory.file("store.sqlite"))
        owner = try await store.addUser(
            NewUser(name: UserName("owner"), email: Email("Owner@example.org"), passwordHash: "$h")
        ).user
        guest = try await store.addUser(
            NewUser(name: UserName("guest"), email: Email("guest@example.org"))
        ).user
        server = try await store.addServer(
            NewServer(
                name: DisplayName("One"),
                ownerID: owner.id,
                directory: ServerDirectory("one")
            )
        )
    }
}

extension Populated {
    /// Somebody else.
    func makeUser(_ name: String) async throws -> User {
        try await store.addUser(
            NewUser(name: UserName(name), email: Email("\(name)@example.org"))
        ).user
    }

    /// What a sign-in finds that somebody holds on a server; nil when it is not shared with them.
    func held(by name: String, on server: Server) throws -> [String]? {
        try store.access(userName: name, server: "\(server.id)")?.permissions?.names
    }
}

/// What the panel itself asks for, which nobody decides about.
extension SQLiteStore {
    func addSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet
    ) async throws(StoreError) -> Subuser {
        try await addSubuser(user, on: server, permissions: permissions, check: nil)
    }

    func changeSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet
    ) async throws(StoreError) -> SubuserChange {
        try await changeSubuser(user, on: server, permissions: permissions, check: nil)
    }

    func removeSubuser(_ user: UserID, on server: ServerID) async throws(StoreError) -> Subuser {
        try await removeSubuser(user, on: server, check: nil)
    }
}

func permissions(_ names: String...) throws -> PermissionSet {
    PermissionSet(try names.map { try #require(Permission($0)) })
}
