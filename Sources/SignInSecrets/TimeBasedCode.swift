import Crypto

/// Codes that an authenticator shows (TOTP, RFC 6238), with what every authenticator supports:
/// SHA-1, six digits, steps of thirty seconds.
package enum TimeBasedCode {
    /// How many digits a code has.
    package static let digits = 6
    /// Seconds for which a code is shown.
    package static let period: Int64 = 30
    /// How many steps the other clock may be ahead or behind (RFC 6238 section 5.2).
    package static let skew: Int64 = 1

    /// The step that a moment belongs to, counted from 1970.
    package static func step(atSecond second: Int64) -> Int64 {
        max(0, second) / period
    }

    /// The code of a step (RFC 4226 section 5.3).
    package static func code(of secret: SharedSecret, step: Int64) -> String {
        number(of: secret, step: step, digits: digits)
    }

    /// The step whose code this is, where it is one that may be used now; nil where it is none.
    ///
    /// A code that was used, and those before it, are never taken again (RFC 6238 section 5.2): the
    /// answer is to be kept and given as `lastStep` the next time. The time it takes says nothing
    /// about how much of a code was right.
    package static func step(
        matching code: String,
        of secret: SharedSecret,
        atSecond second: Int64,
        after lastStep: Int64?
    ) -> Int64? {
        let given = Array(code.utf8.filter { $0 != UInt8(ascii: " ") })
        let now = step(atSecond: second)
        var found: Int64?
        for candidate in (now - skew)...(now + skew) where candidate >= 0 {
            let expected = Array(self.code(of: secret, step: candidate).utf8)
            let isEqual = given.isEqual(inConstantTimeTo: expected)
            // The latest one that fits, so that none before it can be used again.
            if isEqual, lastStep.map({ candidate > $0 }) ?? true { found = candidate }
        }
        return found
    }

    /// The number behind a code, with so many of its last digits.
    static func number(of secret: SharedSecret, step: Int64, digits: Int) -> String {
        let counter = stride(from: 56, through: 0, by: -8).map { shift in
            UInt8(truncatingIfNeeded: step >> Int64(shift))
        }
        let key = SymmetricKey(data: secret.bytes)
        let hash = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: key))
        let offset = Int((hash.last ?? 0) & 0x0F)
        let word = hash.dropFirst(offset).prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let text = String(word & 0x7FFF_FFFF)
        let padding = String(repeating: "0", count: max(0, digits - text.count))
        return padding + text.suffix(digits)
    }
}

extension [UInt8] {
    /// Looks at every byte, so that the time does not tell where two texts part.
    func isEqual(inConstantTimeTo other: [UInt8]) -> Bool {
        guard count == other.count else { return false }
        return zip(self, other).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }
}
