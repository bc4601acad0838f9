import AccessControl
import SubuserStore
import Testing

@Suite("Invitations in the store")
struct InvitationTests {
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
        #expect(try here.held(by: "new", on: here.server) == ["file.read", "file.sftp"])
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

    @Test("a new address of a user has its invitations fulfilled, or withdrawn where they have all")
    func newAddress() async throws {
        let here = try await Populated()
        let soon = Timestamp(milliseconds: Timestamp.now.milliseconds + 60_000)
        func invite(_ email: String, to server: Server) async throws -> Invitation {
            try await here.store.addInvitation(
                of: Email(email),
                to: server.id,
                permissions: permissions("file.sftp"),
                expiresAt: soon,
                check: nil
            )
        }
        let own = try await here.store.addServer(
            NewServer(
                name: DisplayName("Two"),
                ownerID: here.guest.id,
                directory: ServerDirectory("two")
            )
        )
        let vain = try await invite("First@example.org", to: own)
        _ = try await invite("first@example.org", to: here.server)
        let kept = try await invite("second@example.org", to: here.server)
        func move(to email: String) async throws -> UserChange {
            try await here.store.changeUser(here.guest.id, UserEdit(email: Email(email)))
        }
        let first = try await move(to: "first@example.org")
        #expect(first.fulfilled.map(\.serverID) == [here.server.id])
        #expect(first.fulfilled.first?.email.description == "first@example.org")
        #expect(first.withdrawn == [vain])
        #expect(try await here.store.invitations(to: own.id).isEmpty)
        #expect(try await here.store.invitations(to: here.server.id) == [kept])
        #expect(try here.held(by: "guest", on: here.server) == ["file.sftp"])
        let second = try await move(to: "second@example.org")
        #expect(second.fulfilled.isEmpty && second.withdrawn == [kept])
        #expect(try await here.store.invitations(to: here.server.id).isEmpty)
    }

    @Test("an address that somebody has got is not invited any more")
    func takenAddress() async throws {
        let here = try await Populated()
        func invite(_ email: String) async throws {
            _ = try await here.store.addInvitation(
                of: Email(email),
                to: here.server.id,
                permissions: permissions("file.sftp"),
                expiresAt: Timestamp(milliseconds: Timestamp.now.milliseconds + 60_000),
                check: nil
            )
        }
        await #expect(throws: StoreError.alreadyExists(.email)) {
            try await invite("\(here.guest.email)".uppercased())
        }
        #expect(try await here.store.invitations(to: here.server.id).isEmpty)
        try await invite("another@example.org")
    }
}
