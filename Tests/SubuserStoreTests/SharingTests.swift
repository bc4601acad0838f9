import AccessControl
import GateTestSupport
import SubuserStore
import Testing

@Suite("Sharing in the store")
struct SharingTests {
    private let rule = AssignmentRule(protectsStronger: true)

    private func makeUser(_ here: Populated, _ name: String) async throws -> User {
        try await here.store.addUser(
            NewUser(name: UserName(name), email: Email("\(name)@example.org"))
        ).user
    }

    private func held(by name: String, on server: Server, in store: SQLiteStore) throws -> [String]?
    {
        try store.access(userName: name, server: "\(server.id)")?.permissions?.names
    }

    // MARK: Delegations

    @Test("a delegation counts at sign-in on every server of the owner, present and future")
    func delegation() async throws {
        let here = try await Populated()
        #expect(try held(by: "guest", on: here.server, in: here.store) == nil)
        let change = try await here.store.setDelegation(
            by: here.owner.id,
            to: here.guest.id,
            permissions: permissions("file.sftp")
        )
        #expect(change.before == nil && change.isChange)
        #expect(try held(by: "guest", on: here.server, in: here.store) == ["file.sftp"])
        let later = try await here.store.addServer(
            NewServer(
                name: DisplayName("Two"),
                ownerID: here.owner.id,
                directory: ServerDirectory("two")
            )
        )
        #expect(try held(by: "guest", on: later, in: here.store) == ["file.sftp"])
        // It is the owner's doing, and ends with the ownership.
        let other = try await makeUser(here, "other")
        _ = try await here.store.changeServer(later.id, ServerEdit(ownerID: other.id))
        #expect(try held(by: "guest", on: later, in: here.store) == nil)
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
            try held(by: "guest", on: here.server, in: here.store) == ["file.read", "file.sftp"]
        )
        let standing = try await here.store.standing(of: here.guest.id, on: .id(here.server.id))
        #expect(standing?.role == .subuser)
        #expect(standing?.authority == .holding(try permissions("file.read", "file.sftp")))
        _ = try await here.store.removeSubuser(here.guest.id, on: here.server.id)
        #expect(try held(by: "guest", on: here.server, in: here.store) == ["file.sftp"])
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

    // MARK: Invitations

    @Test("an invitation becomes an assignment when its user is made, in any case of letters")
    func fulfilled() async throws {
        let here = try await Populated()
        let soon = Timestamp(milliseconds: Timestamp.now.milliseconds + 60_000)
        let invitation = try await here.store.addInvitation(
            of: Email("New.Person@example.org"),
            to: here.server.id,
            permissions: permissions("file.sftp", "file.read"),
            expiresAt: soon,
            check: nil
        )
        #expect(try await here.store.invitations(to: here.server.id) == [invitation])
        await #expect(throws: StoreError.alreadyExists(.invitation)) {
            try await here.store.addInvitation(
                of: Email("new.person@EXAMPLE.org"),
                to: here.server.id,
                permissions: .none,
                expiresAt: soon,
                check: nil
            )
        }
        let added = try await here.store.addUser(
            NewUser(name: UserName("new"), email: Email("new.person@example.org"))
        )
        #expect(added.fulfilled.map(\.serverID) == [here.server.id])
        #expect(added.fulfilled.first?.permissions.names == ["file.read", "file.sftp"])
        #expect(try await here.store.invitations(to: here.server.id).isEmpty)
        #expect(try held(by: "new", on: here.server, in: here.store) == ["file.read", "file.sftp"])
    }

    @Test("an invitation that expired, or was withdrawn, means nothing")
    func ended() async throws {
        let here = try await Populated()
        let past = Timestamp(milliseconds: Timestamp.now.milliseconds - 1)
        let soon = Timestamp(milliseconds: Timestamp.now.milliseconds + 60_000)
        _ = try? await here.store.addInvitation(
            of: Email("late@example.org"),
            to: here.server.id,
            permissions: permissions("file.sftp"),
            expiresAt: past,
            check: nil
        )
        let withdrawn = try await here.store.addInvitation(
            of: Email("gone@example.org"),
            to: here.server.id,
            permissions: permissions("file.sftp"),
            expiresAt: soon,
            check: nil
        )
        #expect(
            try await here.store.invitations(to: here.server.id).map(\.email.description) == [
                "gone@example.org"
            ]
        )
        let changed = try await here.store.changeInvitation(
            withdrawn.id,
            to: here.server.id,
            permissions: permissions("file.read"),
            check: nil
        )
        #expect(changed.isChange && changed.after.permissions.names == ["file.read"])
        #expect(
            try await here.store.removeInvitation(withdrawn.id, to: here.server.id, check: nil)
                == changed.after
        )
        for name in ["late", "gone"] {
            let added = try await here.store.addUser(
                NewUser(name: UserName(name), email: Email("\(name)@example.org"))
            )
            #expect(added.fulfilled.isEmpty)
        }
        await #expect(throws: StoreError.notFound(.invitation)) {
            try await here.store.removeInvitation(withdrawn.id, to: here.server.id, check: nil)
        }
    }

    // MARK: Checks

    @Test("what is asked in somebody's name is decided in the same transaction")
    func checks() async throws {
        let here = try await Populated()
        let (actor, target) = (
            try await makeUser(here, "actor"), try await makeUser(here, "target")
        )
        let check = AssignmentCheck(actor: actor.id, rule: rule)
        // Nobody to whom the server is not shared sees that it is there.
        await #expect(throws: StoreError.notFound(.server)) {
            try await here.store.addSubuser(
                target.id,
                on: here.server.id,
                permissions: .none,
                check: check
            )
        }
        _ = try await here.store.addSubuser(
            actor.id,
            on: here.server.id,
            permissions: permissions("user.create", "user.update", "file.read")
        )
        await #expect(throws: StoreError.refused(.notHeld(["file.delete"]))) {
            try await here.store.addSubuser(
                target.id,
                on: here.server.id,
                permissions: permissions("file.delete"),
                check: check
            )
        }
        _ = try await here.store.addSubuser(
            target.id,
            on: here.server.id,
            permissions: permissions("file.read"),
            check: check
        )
        await #expect(
            throws: StoreError.refused(.missing(try #require(Permission("user.delete"))))
        ) {
            try await here.store.removeSubuser(target.id, on: here.server.id, check: check)
        }
        await #expect(throws: StoreError.refused(.ownAssignment)) {
            try await here.store.changeSubuser(
                actor.id,
                on: here.server.id,
                permissions: .none,
                check: check
            )
        }
        _ = try await here.store.changeSubuser(
            target.id,
            on: here.server.id,
            permissions: permissions("file.read", "file.delete")
        )
        await #expect(throws: StoreError.refused(.strongerSubuser)) {
            try await here.store.changeSubuser(
                target.id,
                on: here.server.id,
                permissions: permissions("file.read"),
                check: check
            )
        }
        // A delegation adds to what the actor holds.
        _ = try await here.store.setDelegation(
            by: here.owner.id,
            to: actor.id,
            permissions: permissions("file.delete", "user.delete")
        )
        #expect(
            try await here.store.removeSubuser(target.id, on: here.server.id, check: check)
                .userID == target.id
        )
        let owner = AssignmentCheck(actor: here.owner.id, rule: rule)
        _ = try await here.store.addSubuser(
            target.id,
            on: here.server.id,
            permissions: permissions("file.delete"),
            check: owner
        )
    }
}
