import SSHTransport
import Testing

@Suite("The installed libssh")
struct InstalledLibraryTests {
    @Test("It says its version")
    func version() {
        #expect(InstalledLibrary.version.first?.isNumber == true)
        #expect(InstalledLibrary.version.contains("."))
    }

    struct Names: Sendable {
        let purpose: InstalledLibrary.Purpose
        let known: [String]
    }

    @Test(
        "It knows the names it has, in the order asked, and no others",
        arguments: [
            Names(purpose: .keyExchange, known: ["ecdh-sha2-nistp256", "curve25519-sha256"]),
            Names(purpose: .ciphers, known: ["aes192-ctr", "aes128-gcm@openssh.com"]),
            Names(purpose: .macs, known: ["hmac-sha2-512", "hmac-sha2-256"]),
            Names(purpose: .hostKeys, known: ["rsa-sha2-256", "ssh-ed25519"]),
            Names(purpose: .publicKeys, known: ["ecdsa-sha2-nistp521", "ssh-ed25519"]),
        ]
    )
    func known(names: Names) throws {
        let asked = ["", "rot13"] + names.known + ["*", "a b"]
        #expect(try InstalledLibrary.known(asked, for: names.purpose) == names.known)
        #expect(try InstalledLibrary.known([], for: names.purpose).isEmpty)
    }
}
