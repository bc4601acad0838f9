import SignInSecrets
import Testing

@Suite struct `Secrets as text` {
    @Test(
        arguments: zip(
            ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
            ["", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI"]
        )
    )
    func `base32 is that of RFC 4648 section 10`(plain: String, text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text) == Array(plain.utf8))
    }

    @Test func `every byte comes back`() {
        for length in 0...70 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max) }
            #expect(Base32.decode(Base32.encode(bytes)) == bytes)
        }
    }

    @Test(arguments: ["mzxw 6ytb oi", "MZXW-6YTB-OI", "MZXW6YTBOI======"])
    func `how people write it does not matter`(text: String) {
        #expect(Base32.decode(text) == Array("foobar".utf8))
    }

    @Test(arguments: ["1", "M", "MZX", "MZ", "0OIL", "MZXW6=Y", "É", "MZXW6YTBO"])
    func `what nobody encoded is not read`(text: String) {
        #expect(Base32.decode(text) == nil)
    }

    @Test func `a secret is long enough, new each time, and not shown by accident`() {
        let secret = SharedSecret.random()
        #expect(secret.bytes.count == 20)
        #expect(secret != SharedSecret.random())
        #expect(SharedSecret(base32: secret.base32.lowercased()) == secret)
        #expect(SharedSecret([UInt8](repeating: 1, count: 15)) == nil)
        #expect(SharedSecret([UInt8](repeating: 1, count: 65)) == nil)
        var dumped = ""
        dump(secret, to: &dumped)
        #expect("\(secret)\(dumped)".contains("<shared secret>"))
        #expect(!dumped.contains("\(secret.bytes[0])"))
    }

    @Test func `an authenticator is told everything it must know`() throws {
        let secret = try #require(SharedSecret(Array("12345678901234567890".utf8)))
        let uri = ProvisioningURI(secret: secret, account: "ann@example.org", issuer: "My Hôst")
        #expect(
            uri.text
                == "otpauth://totp/My%20H%C3%B4st:ann%40example.org"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=My%20H%C3%B4st"
                + "&algorithm=SHA1&digits=6&period=30"
        )
    }

    @Test func `a recovery code is read as it was shown, however it is typed`() throws {
        let code = RecoveryCode.random()
        #expect(code.text.count == 19 && code.text.filter { $0 == "-" }.count == 3)
        #expect(RecoveryCode(code.text) == code)
        let typed = code.text.lowercased().replacing("-", with: " ")
        #expect(RecoveryCode(typed)?.digest == code.digest)
        #expect(RecoveryCode.random().digest != code.digest)
        #expect(RecoveryCode(String(code.text.dropLast())) == nil)
        #expect(RecoveryCode("123456") == nil)
    }
}
