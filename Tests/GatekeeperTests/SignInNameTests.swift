import Gatekeeper
import Testing
import WireFormat

@Suite("User names of the form USER.SERVER")
struct SignInNameTests {
    @Test("The last dot divides, so user names may contain dots")
    func lastDot() throws {
        let name = try #require(SignInName("ada.b.lovelace.1A2b3C4d"))
        #expect(name.userName == "ada.b.lovelace")
        #expect(name.server == "1a2b3c4d")
    }

    @Test("A server may be named by its full UUID")
    func uuid() throws {
        let name = try #require(SignInName("ada.1a2b3c4d-0000-4000-8000-00000000000f"))
        #expect(name.server == "1a2b3c4d-0000-4000-8000-00000000000f")
    }

    @Test(
        "What can name nobody is refused",
        arguments: [
            "", ".", "ada", "ada.", ".1a2b3c4d", "ada.1a2b3c4", "ada.1a2b3c4de", "ada.1a2b3c4-",
            "ada.1a2b3c4d-0000-4000-8000", "ada.ｇ1a2b3c4",
            "ada.\u{212A}a2b3c4d",
        ]
    )
    func malformed(text: String) {
        #expect(SignInName(ByteString(text)) == nil)
    }

    @Test("Bytes that are no text and names beyond any stored one are refused")
    func bytes() {
        #expect(SignInName(ByteString([0xFF] + Array(".1a2b3c4d".utf8))) == nil)
        let long = String(repeating: "a", count: 191)
        #expect(SignInName(ByteString(long + ".1a2b3c4d")) != nil)
        #expect(SignInName(ByteString(long + "a.1a2b3c4d")) == nil)
    }
}
