import Admission
import Gatekeeper
import PasswordHashing
import SessionLink
import Testing
import WireFormat

@Suite("Checking passwords")
struct PasswordWorkersTests {
    private let here: Source

    init() throws {
        here = Source(try #require(IPAddress("192.0.2.1")))
    }

    @Test("The right one is right, a wrong one is not, and without a hash none is")
    func verdicts() async throws {
        let hash = try PasswordHash.make(Array("right".utf8), cost: .cheapest)
        let workers = try PasswordWorkers(count: 1, cost: .cheapest)
        #expect(await workers.verify(Secret("right"), against: hash, from: here) == true)
        #expect(await workers.verify(Secret("wrong"), against: hash, from: here) == false)
        #expect(await workers.verify(Secret("right"), against: nil, from: here) == false)
    }

    @Test("A new hash has the cost of the others and knows its password")
    func hashes() async throws {
        let workers = try PasswordWorkers(count: 1, cost: .cheapest)
        let hash = try #require(await workers.hash(Secret("right")))
        #expect(hash.scheme == .yescrypt(.cheapest))
        #expect(await workers.verify(Secret("right"), against: hash, from: here) == true)
        #expect(await workers.hash(Secret("")) == nil)
    }

    @Test("Beyond so many that wait none is looked at, and that is not a wrong password")
    func full() async throws {
        let hash = try PasswordHash.make(Array("right".utf8), cost: .cheapest)
        let workers = try PasswordWorkers(count: 1, cost: .cheapest)
        let verdicts = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<2000 {
                group.addTask {
                    await workers.verify(Secret("right"), against: hash, from: here)
                }
            }
            return await group.reduce(into: [Bool?]()) { $0.append($1) }
        }
        #expect(verdicts.contains(nil))
        #expect(verdicts.contains(true))
        #expect(!verdicts.contains(false))
    }

    @Test("For somebody who is gone nothing is looked at, and others are served as before")
    func cancellation() async throws {
        let hash = try PasswordHash.make(Array("right".utf8), cost: .cheapest)
        let workers = try PasswordWorkers(count: 1, cost: .cheapest)
        let gone = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            return await workers.verify(Secret("right"), against: hash, from: here)
        }
        #expect(await gone.value == nil)
        #expect(await workers.verify(Secret("right"), against: hash, from: here) == true)
    }
}
