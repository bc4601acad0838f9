import Gatekeeper
import PasswordHashing
import SessionLink
import Testing
import WireFormat

@Suite("Checking passwords")
struct PasswordWorkersTests {
    @Test("The right one is right, a wrong one is not, and without a hash none is")
    func verdicts() async throws {
        let hash = try PasswordHash.make(Array("right".utf8), cost: .cheapest)
        let workers = PasswordWorkers(count: 1, decoy: try PasswordHash.decoy(cost: .cheapest))
        #expect(await workers.verify(Secret("right"), against: hash) == true)
        #expect(await workers.verify(Secret("wrong"), against: hash) == false)
        #expect(await workers.verify(Secret("right"), against: nil) == false)
    }

    @Test("Beyond so many that wait none is looked at, and that is not a wrong password")
    func full() async throws {
        let hash = try PasswordHash.make(Array("right".utf8))
        let workers = PasswordWorkers(count: 1, decoy: hash)
        let verdicts = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<200 {
                group.addTask { await workers.verify(Secret("right"), against: hash) }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(verdicts.contains(nil))
        #expect(verdicts.contains(true))
        #expect(!verdicts.contains(false))
    }
}
