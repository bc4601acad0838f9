import AccessControl
import SubuserStore
import Testing

@Suite("Changes in somebody's name in the store")
struct AssignmentCheckTests {
    private let rule = AssignmentRule(protectsStronger: true)

    @Test("what is asked in somebody's name is decided in the same transaction")
    func checks() async throws {
        let here = try await Populated()
        let (actor, target) = (
            try await here.makeUser("actor"), try await here.makeUser("target")
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
