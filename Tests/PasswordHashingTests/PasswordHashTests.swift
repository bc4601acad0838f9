import PasswordHashing
import Testing

/// A hash that another program made, and the password behind it.
struct ForeignHash: Sendable, CustomTestStringConvertible {
    let maker: String
    let text: String
    let password: String

    var testDescription: String { maker }

    static let all = [
        ForeignHash(
            maker: "bcrypt of Python, marked as PHP marks it",
            text: "$2y$04$s/ImRc0lzOG5TPzBEFu.U.lERBG42EebO66/rU7CcM8MWWda49xhy",
            password: "correct horse battery staple"
        ),
        ForeignHash(
            maker: "bcrypt of Python, with text beyond ASCII",
            text: "$2b$04$VLzHbYHxMIot4xV909x6Ouh9xkeEXVOtAFDvfFgcxQGW6i0KF2Mgy",
            password: "pässwörd ☕"
        ),
        ForeignHash(
            maker: "the test vectors of crypt_blowfish",
            text: "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
            password: "U*U"
        ),
    ]
}

@Suite("Password hashes")
struct PasswordHashTests {
    @Test("a hash of another program knows its password and no other", arguments: ForeignHash.all)
    func foreign(_ vector: ForeignHash) throws {
        let hash = try PasswordHash(vector.text)
        #expect(hash.verify(Array(vector.password.utf8)))
        #expect(!hash.verify(Array((vector.password + "x").utf8)))
        #expect(!hash.verify(Array(vector.password.utf8.dropLast())))
        #expect(!hash.verify([]))
    }

    @Test("a new hash is yescrypt, knows its password, and is never the same twice")
    func made() throws {
        let password = Array("hunter2".utf8)
        let first = try PasswordHash.make(password, cost: .cheapest)
        let second = try PasswordHash.make(password, cost: .cheapest)
        #expect(first.text.hasPrefix("$y$"))
        #expect(first != second)
        #expect(first.verify(password))
        #expect(second.verify(password))
        #expect(!first.verify(Array("hunter3".utf8)))
        #expect(try PasswordHash(first.text) == first)
    }

    @Test("a higher cost is told in the hash")
    func cost() throws {
        let costs = try (1...3).map { try #require(HashingCost($0)) }
        let settings = try costs.map { cost in
            try PasswordHash.make([1], cost: cost).text.split(separator: "$")[1]
        }
        #expect(Set(settings).count == 3)
        #expect(HashingCost(0) == nil)
        #expect(HashingCost(12) == nil)
    }

    @Test("a hash says how it was made", arguments: 1...5)
    func scheme(_ number: Int) throws {
        let cost = try #require(HashingCost(number))
        #expect(try PasswordHash.make([1], cost: cost).scheme == .yescrypt(cost))
        let schemes = try ForeignHash.all.map { try PasswordHash($0.text).scheme }
        #expect(schemes == [.bcrypt(cost: 4), .bcrypt(cost: 4), .bcrypt(cost: 5)])
    }

    @Test(
        "parameters of yescrypt are the cost that crypt(5) makes of them, or none",
        arguments: [
            ("j75", HashingCost(1)), ("j85", HashingCost(2)), ("j7T", HashingCost(3)),
            ("j9T", HashingCost(5)), ("jAT", HashingCost(6)), ("jFT", HashingCost(11)),
            ("j95", nil), ("jA5", nil),
        ]
    )
    func parameters(_ text: String, _ cost: HashingCost?) throws {
        let hash = try PasswordHash("$y$\(text)$salt$" + String(repeating: ".", count: 43))
        #expect(hash.scheme == .yescrypt(cost))
    }

    @Test("bcrypt looks at 72 bytes, yescrypt at all")
    func longPasswords() throws {
        let long = [UInt8](repeating: 0x61, count: 72)
        // Made by Python's bcrypt from 72 times "a".
        let bcrypt = try PasswordHash(
            "$2b$04$......................UaUp2CqHXn14N7RprrzoDsNv91ahi36"
        )
        #expect(bcrypt.verify(long))
        #expect(bcrypt.verify(long + [0x62]))
        #expect(!bcrypt.verify(long.dropLast()))
        let yescrypt = try PasswordHash.make(long, cost: .cheapest)
        #expect(yescrypt.verify(long))
        #expect(!yescrypt.verify(long + [0x62]))
    }

    @Test("the longest password works, one byte more is refused")
    func limit() throws {
        let longest = [UInt8](repeating: 0x61, count: PasswordHash.maximumPasswordLength)
        #expect(try PasswordHash.make(longest, cost: .cheapest).verify(longest))
        #expect(throws: PasswordHashError.passwordTooLong(length: 512)) {
            try PasswordHash.make(longest + [0x61], cost: .cheapest)
        }
    }

    @Test("a password that cannot be hashed is refused, and is never the right one")
    func unusable() throws {
        #expect(throws: PasswordHashError.emptyPassword) {
            try PasswordHash.make([], cost: .cheapest)
        }
        #expect(throws: PasswordHashError.zeroByteInPassword) {
            try PasswordHash.make([0x61, 0, 0x62], cost: .cheapest)
        }
        // Read as a C string, this would be the right password.
        let hash = try PasswordHash.make([0x61], cost: .cheapest)
        #expect(hash.verify([0x61]))
        #expect(!hash.verify([0x61, 0, 0x62]))
    }

    @Test(
        "schemes that are too weak or not complete are refused",
        arguments: [
            ("", PasswordHashError.unsupportedScheme),
            ("plain", .unsupportedScheme),
            ("$1$salt$hash", .unsupportedScheme),
            ("$6$salt$hash", .unsupportedScheme),
            ("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", .unsupportedScheme),
            ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe", .malformed),
            ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO:W", .malformed),
            ("$2y$0x$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", .malformed),
            ("$2y$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", .malformed),
            (
                "$2y$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
                .tooExpensive(cost: 31)
            ),
            ("$y$", .malformed),
            ("$y$j9T$salt", .malformed),
            ("$y$j9T$salt$short", .malformed),
            // 43 characters of hash, but parameters that would take gigabytes or mean nothing.
            ("$y$jHT$salt$\(String(repeating: "a", count: 43))", .malformed),
            ("$y$zzz$salt$\(String(repeating: "a", count: 43))", .malformed),
        ]
    )
    func refused(text: String, error: PasswordHashError) {
        #expect(throws: error) { try PasswordHash(text) }
    }

    @Test("a hash does not print itself")
    func silent() throws {
        let hash = try PasswordHash.make([0x61], cost: .cheapest)
        #expect(!"\(hash)".contains("$y$"))
        #expect(!String(reflecting: hash).contains("$y$"))
        var dumped = ""
        dump(hash, to: &dumped)
        #expect(!dumped.contains("$y$"))
    }

    @Test("a decoy is a hash like any other that nobody knows the password of")
    func decoy() throws {
        let first = try PasswordHash.decoy(cost: .cheapest)
        #expect(first.text.hasPrefix("$y$"))
        #expect(first != (try PasswordHash.decoy(cost: .cheapest)))
        #expect(!first.verify(Array("password".utf8)))
    }
}
