import AccessControl
import Foundation
import GRDB
import SubuserStore
import Testing

@Suite("What a sign-in reads")
struct SignInReadingTests {
    @Test("credentials are found by name in any case")
    func credentials() async throws {
        let here = try await Populated()
        let key = try PublicKey(KeyVector.all[0].line)
        _ = try await here.store.addKey(key, name: nil, of: here.owner.id)
        let found = try #require(try here.store.signInCredentials(userName: "OwNeR"))
        #expect(found.id == here.owner.id)
        #expect(found.name.description == "owner")
        #expect(found.passwordHash == "$h")
        #expect(found.keyFingerprints == [KeyVector.all[0].fingerprint])
        #expect(!found.isAdministrator)
        let guest = try #require(try here.store.signInCredentials(userName: "guest"))
        #expect(guest.passwordHash == nil && guest.keyFingerprints.isEmpty)
        #expect(try here.store.signInCredentials(userName: "nobody") == nil)
        #expect(try here.store.signInCredentials(userName: "own' OR '1'='1") == nil)
    }

    @Test("a hash is replaced where it is the one that is stored, and nothing else changes")
    func renewedHash() async throws {
        let here = try await Populated()
        let (store, owner) = (here.store, here.owner)
        func stored() throws -> String? {
            try store.signInCredentials(userName: "owner")?.passwordHash
        }
        #expect(try await store.replacePasswordHash("$h", of: owner.id, by: "$new"))
        #expect(try stored() == "$new")
        #expect(try await store.user(.id(owner.id)) == owner)
        // Changed meanwhile, taken away meanwhile, somebody else's, nobody's.
        #expect(try await !store.replacePasswordHash("$h", of: owner.id, by: "$late"))
        #expect(try await !store.replacePasswordHash("$new", of: here.guest.id, by: "$late"))
        #expect(try await !store.replacePasswordHash("$new", of: .random(), by: "$late"))
        #expect(try stored() == "$new")
        _ = try await store.changeUser(owner.id, UserEdit(password: .remove))
        #expect(try await !store.replacePasswordHash("$new", of: owner.id, by: "$late"))
        #expect(try stored() == nil)
    }

    @Test("access is read by short id and by UUID, with the permissions as they are now")
    func access() async throws {
        let here = try await Populated()
        let (store, server) = (here.store, here.server)
        let names = ["\(server.shortID)", "\(server.id)", "\(server.id)".uppercased()]
        for name in names {
            let record = try #require(try store.access(userName: "owner", server: name))
            #expect(record.server == server)
            #expect(record.server.ownerID == record.user.id)
            #expect(record.permissions == nil)
        }
        let stranger = try #require(try store.access(userName: "guest", server: names[0]))
        #expect(stranger.permissions == nil)
        let rights = try permissions("file.sftp", "file.read")
        _ = try await store.addSubuser(here.guest.id, on: server.id, permissions: rights)
        func held() throws -> PermissionSet? {
            try store.access(userName: "guest", server: names[0])?.permissions
        }
        #expect(try held() == rights)
        _ = try await store.changeSubuser(here.guest.id, on: server.id, permissions: .none)
        #expect(try held() == PermissionSet.none)
        _ = try await store.removeSubuser(here.guest.id, on: server.id)
        #expect(try held() == nil)
        #expect(try store.access(userName: "nobody", server: names[0]) == nil)
        #expect(try store.access(userName: "owner", server: "zzzzzzzz") == nil)
        #expect(try store.access(userName: "owner", server: "") == nil)
    }

    @Test("a change is seen by the reading that follows it, a thousand times")
    func freshness() async throws {
        let here = try await Populated()
        let server = "\(here.server.shortID)"
        let sets = [try permissions("file.sftp"), try permissions("file.read")]
        _ = try await here.store.addSubuser(
            here.guest.id,
            on: here.server.id,
            permissions: sets[1]
        )
        for round in 0..<1000 {
            let set = sets[round % 2]
            _ = try await here.store.changeSubuser(
                here.guest.id,
                on: here.server.id,
                permissions: set
            )
            let read = try here.store.access(userName: "guest", server: server)?.permissions
            #expect(read == set)
        }
    }

    @Test("a sign-in is answered while every other reading is held up")
    func apart() async throws {
        let here = try await Populated()
        let store = here.store
        let release = DispatchSemaphore(value: 0)
        let began = DispatchSemaphore(value: 0)
        // As many readings at a time as GRDB allows unless told otherwise.
        let count = Configuration().maximumReaderCount
        let readings = (0..<count).map { _ in
            Task {
                try await store.reading { database in
                    _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM activity")
                    began.signal()
                    release.wait()
                }
            }
        }
        let answered = DispatchSemaphore(value: 0)
        let outcome: DispatchTimeoutResult = await withCheckedContinuation { waiting in
            Thread {
                for _ in 0..<count { began.wait() }
                Thread {
                    let found = try? store.signInCredentials(userName: "guest")
                    if found?.id == here.guest.id { answered.signal() }
                }.start()
                // Only a reading that is held up as well lets this run out.
                waiting.resume(returning: answered.wait(timeout: .now() + 20))
            }.start()
        }
        #expect(outcome == .success)
        for _ in 0..<count { release.signal() }
        for reading in readings { try await reading.value }
    }
}
