import Testing

@testable import SignInSecrets

@Suite struct `Codes of an authenticator` {
    private let secret = SharedSecret(Array("12345678901234567890".utf8))

    @Test(
        arguments: zip(
            [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000],
            ["94287082", "07081804", "14050471", "89005924", "69279037", "65353130"]
        )
    )
    func `they are those of RFC 6238 appendix B`(second: Int64, code: String) throws {
        let secret = try #require(secret)
        let step = TimeBasedCode.step(atSecond: second)
        #expect(TimeBasedCode.number(of: secret, step: step, digits: 8) == code)
        #expect(TimeBasedCode.code(of: secret, step: step) == code.suffix(6))
    }

    @Test func `one step early and one step late are taken, two are not`() throws {
        let secret = try #require(secret)
        let second: Int64 = 1_700_000_010
        let now = TimeBasedCode.step(atSecond: second)
        for distance in Int64(-3)...3 {
            let found = TimeBasedCode.step(
                matching: TimeBasedCode.code(of: secret, step: now + distance),
                of: secret,
                atSecond: second,
                after: nil
            )
            #expect(found == (abs(distance) <= 1 ? now + distance : nil))
        }
    }

    @Test func `a code is taken once, and none before it afterwards`() throws {
        let secret = try #require(secret)
        let second: Int64 = 1_700_000_010
        let now = TimeBasedCode.step(atSecond: second)
        func take(_ step: Int64, after last: Int64?) -> Int64? {
            let code = TimeBasedCode.code(of: secret, step: step)
            return TimeBasedCode.step(matching: code, of: secret, atSecond: second, after: last)
        }
        #expect(take(now, after: nil) == now)
        #expect(take(now, after: now) == nil)
        #expect(take(now - 1, after: now) == nil)
        #expect(take(now + 1, after: now) == now + 1)
    }

    @Test(arguments: ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "000 000 0"])
    func `what is no code is not taken`(text: String) throws {
        let secret = try #require(secret)
        let found = TimeBasedCode.step(matching: text, of: secret, atSecond: 59, after: nil)
        #expect(found == nil)
    }

    @Test func `a blank in the middle is how authenticators show it`() throws {
        let secret = try #require(secret)
        #expect(TimeBasedCode.step(matching: "287 082", of: secret, atSecond: 59, after: nil) == 1)
    }

    @Test(arguments: [Int64.min, -1, 0, 29, .max])
    func `no moment is a trap`(second: Int64) throws {
        let secret = try #require(secret)
        _ = TimeBasedCode.step(matching: "123456", of: secret, atSecond: second, after: .max)
    }
}
