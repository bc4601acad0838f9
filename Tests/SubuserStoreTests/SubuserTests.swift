import AccessControl
import SubuserStore
import Testing

@Suite("Subusers in the store")
struct SubuserTests {
    @Test("a subuser exists once for each user and server, also when two add it at once")
    func concurrentSubusers() async throws {
        let here = try await Populated()
        let rights = try permissions("file.sftp", "file.read")
        let outcomes = await withTaskGroup(of: Result<Subuser, StoreError>.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do throws(StoreError) {
                        return .success(
                            try await here.store.addSubuser(
                                here.guest.id,
                                on: here.server.id,
                                permissions: rights
                            )
                        )
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { (try? $0.get()) != nil } == 1)
        #expect(outcomes.count { $0 == .failure(.alreadyExists(.subuser)) } == 7)
        #expect(try await here.store.subusers(of: here.server.id).count == 1)
    }

    @Test("a subuser's permissions are replaced, and an equal set is no change")
    func subuserEdits() async throws {
        let here = try await Populated()
        let (user, server) = (here.guest.id, here.server.id)
        await #expect(throws: StoreError.notFound(.subuser)) {
            try await here.store.changeSubuser(user, on: server, permissions: .none)
        }
        let added = try await here.store.addSubuser(
            user,
            on: server,
            permissions: permissions("file.sftp", "file.read")
        )
        let same = try await here.store.changeSubuser(
            user,
            on: server,
            permissions: permissions("file.read", "file.sftp")
        )
        #expect(!same.isChange && same.after == added)
        let less = try await here.store.changeSubuser(
            user,
            on: server,
            permissions: permissions("file.sftp")
        )
        #expect(less.isChange && less.before == added)
        #expect(try await here.store.subuser(user, on: server) == less.after)
        #expect(try await here.store.removeSubuser(user, on: server) == less.after)
        await #expect(throws: StoreError.notFound(.subuser)) {
            try await here.store.removeSubuser(user, on: server)
        }
    }

    @Test("the owner is never a subuser, not even by becoming the owner")
    func ownership() async throws {
        let here = try await Populated()
        await #expect(throws: StoreError.ownerAsSubuser) {
            try await here.store.addSubuser(
                here.owner.id,
                on: here.server.id,
                permissions: permissions("file.sftp")
            )
        }
        let subuser = try await here.store.addSubuser(
            here.guest.id,
            on: here.server.id,
            permissions: permissions("file.sftp")
        )
        let change = try await here.store.changeServer(
            here.server.id,
            ServerEdit(ownerID: here.guest.id, state: .suspended)
        )
        #expect(change.before == here.server)
        #expect(change.after.ownerName == here.guest.name)
        #expect(change.after.state == .suspended)
        #expect(change.endedSubuser == subuser)
        #expect(try await here.store.subusers(of: here.server.id).isEmpty)
        let same = try await here.store.changeServer(
            here.server.id,
            ServerEdit(ownerID: here.guest.id)
        )
        #expect(!same.isChange)
        await #expect(throws: StoreError.notFound(.user)) {
            try await here.store.changeServer(here.server.id, ServerEdit(ownerID: .random()))
        }
    }
}
