/// What an authenticator reads from a picture to know an account (the `otpauth` form that all of
/// them understand).
package struct ProvisioningURI: Hashable, Sendable {
    /// The whole URI; it holds the secret.
    package let text: String

    /// The URI for a person's account at `issuer`, the name under which the host is known.
    package init(secret: SharedSecret, account: String, issuer: String) {
        let label = Self.escaped(issuer) + ":" + Self.escaped(account)
        text =
            "otpauth://totp/\(label)?secret=\(secret.base32)&issuer=\(Self.escaped(issuer))"
            + "&algorithm=SHA1&digits=\(TimeBasedCode.digits)&period=\(TimeBasedCode.period)"
    }

    /// Everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
