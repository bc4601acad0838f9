import PasswordHashing
import SubuserStore
import Testing

@testable import Gatekeeper

@Suite("Hashes that were replaced by others of the same password")
struct RenewedHashesTests {
    private let cost: HashingCost
    private let bcrypt: PasswordHash

    init() throws {
        cost = try #require(HashingCost(2))
        bcrypt = try PasswordHash("$2y$04$s/ImRc0lzOG5TPzBEFu.U.lERBG42EebO66/rU7CcM8MWWda49xhy")
    }

    @Test("A new one is due unless the old is yescrypt at just this cost")
    func due() throws {
        let dearer = try PasswordHash.make([1], cost: try #require(HashingCost(3)))
        let same = try PasswordHash.make([1], cost: cost)
        #expect(RenewedHashes.isDue(bcrypt, at: cost, passwordLength: 8))
        #expect(RenewedHashes.isDue(dearer, at: cost, passwordLength: 8))
        #expect(!RenewedHashes.isDue(same, at: cost, passwordLength: 8))
    }

    @Test("Of a password that bcrypt has not looked at to its end no new one is made")
    func longPasswords() {
        #expect(RenewedHashes.isDue(bcrypt, at: cost, passwordLength: 72))
        #expect(!RenewedHashes.isDue(bcrypt, at: cost, passwordLength: 73))
    }

    @Test("Nobody makes another one for a hash that somebody is at already")
    func once() {
        var renewed = RenewedHashes()
        let begun = [renewed.begin("old"), renewed.begin("old"), renewed.begin("another")]
        #expect(begun == [true, false, true])
        renewed.finish("old")
        let again = renewed.begin("old")
        #expect(again)
        renewed.announce("new", of: "old")
        renewed.finish("old")
        // Somebody who was being checked meanwhile must not put a third in the new one's place.
        let third = renewed.begin("old")
        #expect(!third)
        #expect(renewed.current(password("old"), beside: "new") == password("new"))
        renewed.withdraw("old")
        let afterwards = renewed.begin("old")
        #expect(afterwards)
        #expect(renewed.current(password("old"), beside: "new") == password("old"))
    }

    @Test("A proof of the old one is one of the new one, and of nothing else")
    func proofs() {
        var renewed = RenewedHashes()
        let (old, new) = (password("old"), password("new"))
        #expect(renewed.current(old, beside: "new") == old)
        renewed.announce("new", of: "old")
        #expect(renewed.current(old, beside: "new") == new)
        // Not stored yet, or not at all, or changed by somebody.
        #expect(renewed.current(old, beside: "old") == old)
        #expect(renewed.current(old, beside: nil) == old)
        #expect(renewed.current(old, beside: "x") == old)
        #expect(renewed.current(new, beside: "old") == new)
        let key = SignInProofs(.key(fingerprint: "old"))
        #expect(renewed.current(key, beside: "new") == key)
        // What else was proven stays.
        let factor = SecondFactorID.random()
        let more = SignInProofs(.password(hash: "old"), .code(of: factor))
        let current = renewed.current(more, beside: "new")
        #expect(current == SignInProofs(.password(hash: "new"), .code(of: factor)))
    }

    @Test("Only so many are remembered, the latest")
    func memory() {
        var renewed = RenewedHashes()
        for number in 0..<5000 { renewed.announce("new \(number)", of: "old \(number)") }
        let first = password("old 0")
        #expect(renewed.current(first, beside: "new 0") == first)
        #expect(renewed.current(password("old 4999"), beside: "new 4999") == password("new 4999"))
    }

    private func password(_ hash: String) -> SignInProofs {
        SignInProofs(.password(hash: hash))
    }
}
