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
}
