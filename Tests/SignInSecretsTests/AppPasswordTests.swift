import SignInSecrets
import Testing

@Suite("App passwords")
struct AppPasswordTests {
    @Test("what is shown is read again, in any case, and has the digest that is kept")
    func text() throws {
        let made = AppPassword.random()
        #expect(made.text.hasPrefix(AppPassword.prefix))
        #expect(made.text.count == 40)
        let read = try #require(AppPassword(Array(made.text.utf8)))
        #expect(read == made && read.digest == made.digest && made.digest.count == 32)
        let loud = made.text.dropFirst(AppPassword.prefix.count).uppercased()
        #expect(AppPassword(Array((AppPassword.prefix + loud).utf8)) == made)
    }

    @Test("two are never the same")
    func random() {
        #expect(AppPassword.random() != AppPassword.random())
    }

    @Test("an ordinary password is none", arguments: ["", "sftp-", "sftp-hello", "secret"])
    func others(_ text: String) {
        #expect(AppPassword(Array(text.utf8)) == nil)
    }

    @Test("bytes that are no text are none")
    func bytes() {
        #expect(AppPassword(Array(AppPassword.prefix.utf8) + [0xFF, 0xFE]) == nil)
    }

    @Test("nothing prints it by accident")
    func privacy() {
        let made = AppPassword.random()
        #expect("\(made)" == "<app password>" && String(reflecting: made) == "<app password>")
    }
}
