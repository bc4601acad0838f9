import SubuserStore
import Testing

@Suite("Values from outside")
struct ValueTests {
    @Test(
        "good user names are taken in lower case",
        arguments: ["a", "bob", "Bob.Smith-2_x", "0day", String(repeating: "x", count: 191)]
    )
    func userNames(_ text: String) throws {
        #expect(try UserName(text).description == text.lowercased())
    }

    @Test(
        "user names that could mislead are refused",
        arguments: [
            "", " ", ".bob", "bob.", "-bob", "bob_", "b ob", "b/ob", "bób", "bob\n", "b\u{0}b",
            "\u{212A}elvin",
        ]
    )
    func badUserNames(_ text: String) {
        #expect(throws: InvalidValue.userName) { try UserName(text) }
    }

    @Test("a user name that is too long or reads as a UUID is refused")
    func confusingUserNames() throws {
        let long = String(repeating: "x", count: 192)
        #expect(throws: InvalidValue.userNameTooLong(length: 192)) { try UserName(long) }
        let uuid = "01234567-89ab-cdef-0123-456789abcdef"
        #expect(throws: InvalidValue.userNameIsUUID) { try UserName(uuid) }
        #expect(try UserName(uuid + "0").description == uuid + "0")
    }

    @Test(
        "good email addresses are kept as they are",
        arguments: [
            "a@b", "Bob.Smith+tag@Example.ORG", "o'neil@sub.example.co.uk", "x_y@1.2.3",
            String(repeating: "a", count: 64) + "@" + String(repeating: "b", count: 63) + ".org",
            String(repeating: "a", count: 181) + "@gmail.com",
        ]
    )
    func emails(_ text: String) throws {
        #expect(try Email(text).description == text)
    }

    @Test(
        "what is no email address is refused",
        arguments: [
            "", "bob", "@example.org", "bob@", "bob@@example.org", "a@b@c", "bob @example.org",
            ".bob@example.org", "bob.@example.org", "b..b@example.org", "bob@-example.org",
            "bob@example-.org", "bob@exa_mple.org", "bob@.org", "bob@example.", "bób@example.org",
            "bob@exämple.org", "bob\n@example.org", "<bob@example.org>",
            "a@" + String(repeating: "b", count: 64),
        ]
    )
    func badEmails(_ text: String) {
        #expect(throws: InvalidValue.email) { try Email(text) }
    }

    @Test("an email address has at most 191 characters")
    func longEmail() throws {
        let domain = String(repeating: "b.", count: 94) + "b"
        #expect(try Email("a@" + domain).description.count == 191)
        #expect(throws: InvalidValue.emailTooLong(length: 192)) { try Email("aa@" + domain) }
    }

    @Test("email addresses are the same in any case")
    func sameEmail() throws {
        #expect(try Email("Bob@Example.org") == Email("bob@example.ORG"))
        #expect(try Email("bob@example.org") != Email("rob@example.org"))
    }

    @Test(
        "directories below the volumes directory are taken",
        arguments: ["a", "servers/one", "a b", ".hidden", "...", "ä", "x/..y"]
    )
    func directories(_ text: String) throws {
        #expect(try ServerDirectory(text).path == text)
        #expect(try ServerDirectory(text + "/").path == text)
    }

    @Test(
        "paths that lead elsewhere are refused",
        arguments: [
            "", "/", "/a", ".", "..", "a/..", "../a", "a/./b", "a//b", "a/b//", "a\u{0}b", "a\nb",
            String(repeating: "x", count: 256),
            String(repeating: "abc/", count: 1024) + "x",
        ]
    )
    func badDirectories(_ text: String) {
        #expect(throws: InvalidValue.directory) { try ServerDirectory(text) }
    }

    @Test("identifiers are UUIDs in any case")
    func identifiers() throws {
        let text = "01234567-89AB-cdef-0123-456789abcdef"
        #expect(try #require(UserID(text)).description == text.lowercased())
        #expect(UserID("0123456789abcdef0123456789abcdef") == nil)
        #expect(UserID(text + "0") == nil)
        #expect(UserID("g1234567-89ab-cdef-0123-456789abcdef") == nil)
        #expect(try ShortID(of: #require(ServerID(text))).description == "01234567")
    }

    @Test("a random identifier is of version 4 and not the one before")
    func randomIdentifiers() throws {
        var seen: Set<UserID> = []
        for _ in 0..<1000 {
            let id = UserID.random()
            let text = Array("\(id)")
            #expect(UserID("\(id)") == id)
            #expect(text[14] == "4")
            #expect(["8", "9", "a", "b"].contains(text[19]))
            seen.insert(id)
        }
        #expect(seen.count == 1000)
    }

    @Test("a user is named by uuid, email address or name")
    func userReferences() throws {
        let id = UserID.random()
        #expect(UserReference("\(id)") == .id(id))
        #expect(try UserReference("a@b.org") == .email(Email("A@b.org")))
        #expect(try UserReference("Bob") == .name(UserName("bob")))
        #expect(UserReference("not a name") == nil)
        #expect(UserReference("a@b@c") == nil)
    }

    @Test("a server is named by uuid or short id")
    func serverReferences() throws {
        let id = ServerID.random()
        #expect(ServerReference("\(id)".uppercased()) == .id(id))
        #expect(ServerReference("\(ShortID(of: id))") == .shortID(ShortID(of: id)))
        #expect(ServerReference("1234567") == nil)
        #expect(ServerReference("123456789") == nil)
    }

    @Test("names are one line of text")
    func displayNames() throws {
        #expect(try DisplayName("Bob's Server 🎮").description == "Bob's Server 🎮")
        for text in ["", "  ", "a\nb", "a\u{1B}[31m", String(repeating: "x", count: 192)] {
            #expect(throws: InvalidValue.displayName) { try DisplayName(text) }
        }
    }

    @Test("the length of a display name is counted in code points")
    func displayNameLength() throws {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
        #expect(try DisplayName(String(repeating: family, count: 38)).description.count == 38)
        #expect(throws: InvalidValue.displayName) {
            try DisplayName(String(repeating: family, count: 39))
        }
    }
}
