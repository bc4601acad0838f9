/// A stored password hash in the notation of crypt(5).
///
/// Panels in PHP store bcrypt, `$2y$`; new hashes made here are yescrypt, `$y$`. bcrypt itself looks
/// at the first 72 bytes of a password only: two passwords that differ later are the same to it.
package struct PasswordHash: Hashable, Sendable {
    /// The longest password taken, in bytes: what libcrypt's CRYPT_MAX_PASSPHRASE_SIZE leaves.
    ///
    /// The limit is the same for every scheme, so that how fast a long password is turned away says
    /// nothing about the account.
    package static let maximumPasswordLength = 511
    /// The highest bcrypt cost taken; one check then takes seconds already.
    package static let maximumBcryptCost = 16

    /// How much of a password bcrypt looks at, in bytes.
    package static let bcryptLength = 72

    /// The hash as it is stored; not to be shown to anybody.
    package let text: String
    /// How it was made.
    package let scheme: Scheme

    /// A way to make hashes, and how much work one is.
    package enum Scheme: Hashable, Sendable {
        /// Work doubles with each step of the cost.
        case bcrypt(cost: Int)
        /// Nil for parameters that libcrypt takes and makes no cost of its own of.
        case yescrypt(HashingCost?)
    }

    /// Accepts a complete bcrypt or yescrypt hash.
    ///
    /// - Throws: `unsupportedScheme`, `malformed` or `tooExpensive`.
    package init(_ text: String) throws(PasswordHashError) {
        if ["$2a$", "$2b$", "$2y$"].contains(where: text.hasPrefix) {
            // `$2x$` is left out on purpose: it marks hashes made by a broken implementation.
            scheme = .bcrypt(cost: try Self.bcryptCost(Array(text.utf8)))
        } else if text.hasPrefix("$y$") {
            scheme = .yescrypt(try Self.yescryptCost(Array(text.utf8)))
        } else {
            throw .unsupportedScheme
        }
        self.text = text
    }

    /// Makes a yescrypt hash of `password` with a fresh salt.
    ///
    /// - Throws: `emptyPassword`, `passwordTooLong`, `zeroByteInPassword` or `hashingFailed`.
    package static func make(
        _ password: [UInt8],
        cost: HashingCost = .standard
    ) throws(PasswordHashError) -> PasswordHash {
        if let problem = problem(with: password) { throw problem }
        guard let salt = LibraryCrypt.yescryptSetting(cost: cost.value),
            let output = LibraryCrypt.hash(password, setting: salt)
        else { throw .hashingFailed }
        return try PasswordHash(String(decoding: output, as: UTF8.self))
    }

    /// A hash of a password that nobody knows, to be checked where an account has none.
    ///
    /// Checking it takes as long as checking any other hash of the same cost. Accounts with hashes
    /// of another scheme or cost can still be told apart by the clock; giving everybody the same
    /// kind of hash is what closes that gap.
    ///
    /// - Throws: `hashingFailed`.
    package static func decoy(
        cost: HashingCost = .standard
    ) throws(PasswordHashError) -> PasswordHash {
        try make((0..<32).map { _ in UInt8.random(in: 1...255) }, cost: cost)
    }

    /// Whether `password` is the one behind the hash.
    ///
    /// The comparison takes the same time whatever differs. A password that could not be hashed
    /// (empty, too long, with a zero byte) is never the right one.
    package func verify(_ password: [UInt8]) -> Bool {
        guard Self.problem(with: password) == nil,
            let output = LibraryCrypt.hash(password, setting: text)
        else { return false }
        return Self.areEqual(output, Array(text.utf8))
    }

    private static func problem(with password: [UInt8]) -> PasswordHashError? {
        if password.isEmpty { return .emptyPassword }
        if password.count > maximumPasswordLength {
            return .passwordTooLong(length: password.count)
        }
        return password.contains(0) ? .zeroByteInPassword : nil
    }

    /// Looks at every byte, so that the time does not tell where two hashes part.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<password hash>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension PasswordHash.Scheme: CustomStringConvertible {
    package var description: String {
        switch self {
        case .bcrypt(let cost): "bcrypt at cost \(cost)"
        case .yescrypt(let cost?): "yescrypt at cost \(cost.value)"
        case .yescrypt(nil): "yescrypt"
        }
    }
}

extension PasswordHash {
    /// `$2y$`, two digits of cost, `$`, and 53 characters of salt and hash (crypt(5)).
    private static func bcryptCost(_ bytes: [UInt8]) throws(PasswordHashError) -> Int {
        guard bytes.count == 60, bytes[6] == UInt8(ascii: "$"),
            let tens = decimal(bytes[4]), let ones = decimal(bytes[5]),
            bytes[7...].allSatisfy(isBase64)
        else { throw .malformed }
        let cost = tens * 10 + ones
        guard cost >= 4 else { throw .malformed }
        guard cost <= maximumBcryptCost else { throw .tooExpensive(cost: cost) }
        return cost
    }

    /// `$y$`, three characters of parameters, `$`, a salt, `$`, and 43 characters of hash (crypt(5)).
    private static func yescryptCost(
        _ bytes: [UInt8]
    ) throws(PasswordHashError) -> HashingCost? {
        let parts = bytes.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard parts.count == 5, parts[2].count == 3, (1...86).contains(parts[3].count),
            parts[4].count == 43, parts[2...].allSatisfy({ $0.allSatisfy(isBase64) }),
            let flavour = parts[2].first, flavour == UInt8(ascii: "j"),
            let size = parts[2].dropFirst().first, let block = parts[2].last
        else { throw .malformed }
        // Memory grows with both: these are the parameters of costs 1 to 11 in crypt(5).
        let exponent: Int
        switch size {
        case UInt8(ascii: "7")...UInt8(ascii: "9"): exponent = 10 + Int(size - UInt8(ascii: "7"))
        case UInt8(ascii: "A")...UInt8(ascii: "F"): exponent = 13 + Int(size - UInt8(ascii: "A"))
        default: throw .malformed
        }
        // Blocks of 1 KiB for the two least costs, of 4 KiB for the others.
        switch block {
        case UInt8(ascii: "5"): return exponent <= 11 ? HashingCost(exponent - 9) : nil
        case UInt8(ascii: "T"): return HashingCost(exponent - 7)
        default: throw .malformed
        }
    }

    private static func decimal(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        default: nil
        }
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }
}
