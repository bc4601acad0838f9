/// The alphabet of RFC 4648 section 6, in which people copy secrets by hand.
package enum Base32 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
    private static let bitsInDigit = 5

    /// The text, in capitals and without padding.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        var bits: UInt16 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt16(byte)
            count += 8
            while count >= bitsInDigit {
                count -= bitsInDigit
                text.append(alphabet[Int(bits >> UInt16(count)) & 31])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << UInt16(bitsInDigit - count)) & 31]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes behind a text; nil where it is none.
    ///
    /// Case does not matter, and blanks, dashes and padding are how people write it.
    package static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt16 = 0
        var count = 0
        var isPadded = false
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "="):
                isPadded = true
                continue
            default: break
            }
            guard !isPadded, let value = digit(character) else { return nil }
            bits = bits << UInt16(bitsInDigit) | UInt16(value)
            count += bitsInDigit
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt16(count)))
        }
        // What is left over is less than a digit, and zero where it came from whole bytes.
        let rest = bits & (1 << UInt16(count) - 1)
        return count < bitsInDigit && rest == 0 ? bytes : nil
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a")
        case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2") + 26
        default: nil
        }
    }
}
