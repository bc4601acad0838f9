import Admission
import Testing

@testable import Gatekeeper

@Suite("Telling refusals")
struct RefusalFoldTests {
    private let home = IPAddress("192.0.2.1")
    private let elsewhere = IPAddress("192.0.2.2")
    private let lot = AdmissionRefusal.earlyDrop(unauthenticated: 40)

    @Test("The first refusal of an address for a reason is told, and the others are counted")
    func first() throws {
        let (home, elsewhere) = (try #require(home), try #require(elsewhere))
        var fold = RefusalFold()
        func isTold(_ address: IPAddress, _ refusal: AdmissionRefusal) -> Bool {
            fold.note(address, refusal)
        }
        #expect(fold.isEmpty)
        #expect(isTold(home, lot))
        #expect(!isTold(home, .earlyDrop(unauthenticated: 41)))
        #expect(!isTold(home, lot))
        #expect(isTold(home, .connections(limit: 1)))
        #expect(isTold(elsewhere, lot))
        #expect(!isTold(elsewhere, lot))
        #expect(!fold.isEmpty)
        let expected: [RefusalFold.Repetitions] = [
            .init(key: .init(address: home, reason: "early_drop"), count: 2),
            .init(key: .init(address: elsewhere, reason: "early_drop"), count: 1),
        ]
        #expect(fold.end() == expected)
        #expect(fold.isEmpty)
        #expect(isTold(home, lot))
        #expect(fold.end() == [])
    }

    @Test("However many addresses there are, a bounded number is told apart and none is lost")
    func bound() throws {
        var fold = RefusalFold()
        var told = 0
        for number in 0..<3000 {
            let bytes = [10, 0, UInt8(number / 256), UInt8(number % 256)]
            told += fold.note(try #require(IPAddress(bytes: bytes)), lot) ? 1 : 0
        }
        #expect(told < 3000)
        #expect(fold.end() == [.init(key: nil, count: 3000 - told)])
    }
}
