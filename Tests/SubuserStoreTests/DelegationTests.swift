import AccessControl
import SubuserStore
import Testing

@Suite("Delegations in the store")
struct DelegationTests {
    @Test("a delegation counts at sign-in on every server of the owner, present and future")
    func delegation() async throws {
        let here = try await Populated()
        #expect(try here.held(by: "guest", on: here.server) == nil)
        let change = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp")
        )
        #expect(change.before == nil && change.isChange)
        #expect(try here.held(by: "guest", on: here.server) == ["file.sftp"])
        let later = try await here.store.addServer(
            NewServer(
                name: DisplayName("Two"),
                ownerID: here.owner.id,
                directory: ServerDirectory("two")
            )
        )
        #expect(try here.held(by: "guest", on: later) == ["file.sftp"])
        // It is the owner's doing, and ends with the ownership.
        let other = try await here.makeUser("other")
        _ = try await here.store.changeServer(later.id, ServerEdit(ownerID: other.id))
        #expect(try here.held(by: "guest", on: later) == nil)
    }

    @Test("what a person holds is what was assigned and what was delegated together")
    func union() async throws {
        let here = try await Populated()
        _ = try await here.store.addSubuser(
            here.guest.id,
            on: here.server.id,
            permissions: permissions("file.read")
        )
        _ = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp")
        )
        #expect(
            try here.held(by: "guest", on: here.server) == ["file.read", "file.sftp"]
        )
        let standing = try await here.store.standing(of: here.guest.id, on: .id(here.server.id))
        #expect(standing?.role == .subuser)
        #expect(standing?.authority == .holding(try permissions("file.read", "file.sftp")))
        _ = try await here.store.removeSubuser(here.guest.id, on: here.server.id)
        #expect(try here.held(by: "guest", on: here.server) == ["file.sftp"])
        #expect(
            try await here.store.standing(of: here.guest.id, on: .id(here.server.id))?.role
                == .delegate
        )
    }

    @Test("delegations are listed from both sides, changed, and removed")
    func delegationLife() async throws {
        let here = try await Populated()
        _ = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp")
        )
        let same = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp")
        )
        #expect(!same.isChange)
        let more = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp", "file.read")
        )
        #expect(more.isChange)
        let given = try await here.store.delegations(by: here.owner.id)
        let received = try await here.store.delegations(to: here.guest.id)
        #expect(given == received)
        #expect(given.map(\.permissions.names) == [["file.read", "file.sftp"]])
        #expect(given.first?.ownerName == here.owner.name)
        #expect(given.first?.userName == here.guest.name)
        #expect(try await here.store.delegations(by: here.guest.id).isEmpty)
        let removed = try await here.store.removeDelegation(by: here.owner.id, to: here.guest.id)
        #expect(removed.after == nil && removed.isChange)
        await #expect(throws: StoreError.notFound(.delegation)) {
            try await here.store.removeDelegation(by: here.owner.id, to: here.guest.id)
        }
        await #expect(throws: StoreError.ownDelegation) {
            try await here.store.setDelegation(
                by: here.owner.id,
                to: here.owner.id,
                permissions: .none
            )
        }
    }

    @Test("where a person may act is answered with their role there")
    func standings() async throws {
        let here = try await Populated()
        let admin = try await here.store.addUser(
            NewUser(
                name: UserName("admin"),
                email: Email("admin@example.org"),
                isAdministrator: true
            )
        ).user
        let second = try await here.store.addServer(
            NewServer(
                name: DisplayName("Two"),
                ownerID: here.guest.id,
                directory: ServerDirectory("two")
            )
        )
        func roles(_ user: User) async throws -> [String] {
            try await here.store.standings(of: user.id).map { "\($0.server.name) \($0.role)" }
        }
        #expect(try await roles(here.owner) == ["One owner"])
        #expect(try await roles(here.guest) == ["Two owner"])
        #expect(try await roles(admin) == ["One administrator", "Two administrator"])
        _ = try await here.store.addSubuser(
            here.guest.id,
            on: here.server.id,
            permissions: permissions("file.read")
        )
        #expect(try await roles(here.guest) == ["One subuser", "Two owner"])
        _ = try await here.store.setDelegation(
            by: here.guest.id,
            to: here.owner.id,
            permissions: permissions("file.read")
        )
        #expect(try await roles(here.owner) == ["One owner", "Two delegate"])
        #expect(try await here.store.standing(of: here.owner.id, on: .id(second.id)) != nil)
        #expect(try await here.store.standing(of: .random(), on: .id(second.id)) == nil)
        #expect(try await here.store.standing(of: admin.id, on: .id(.random())) == nil)
    }
}
