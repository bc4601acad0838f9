import SubuserStore
import Testing

@Suite("Public keys")
struct PublicKeyTests {
    @Test("a key of each type is read, and has OpenSSH's fingerprint", arguments: KeyVector.all)
    func read(_ vector: KeyVector) throws {
        let key = try PublicKey(vector.line)
        #expect(key.kind == vector.kind)
        #expect(key.comment == "vector")
        #expect(key.fingerprint.description == vector.fingerprint)
    }

    @Test("every type that is accepted has a vector")
    func complete() {
        #expect(Set(KeyVector.all.map(\.kind)) == Set(PublicKey.Kind.allCases))
    }

    @Test("space around the line and in the comment does no harm")
    func spaces() throws {
        let vector = KeyVector.all[0]
        let key = try PublicKey("  ssh-ed25519\t\(vector.blob)  a  long comment \n")
        #expect(key.comment == "a  long comment")
        #expect(key.fingerprint.description == vector.fingerprint)
        #expect(try PublicKey("ssh-ed25519 \(vector.blob)").comment.isEmpty)
    }

    @Test("a key that is cut short anywhere is refused", arguments: KeyVector.all)
    func prefixes(_ vector: KeyVector) throws {
        #expect(throws: Never.self) { try PublicKey(vector.line) }
        for count in stride(from: 0, to: vector.blob.utf8.count, by: 1) {
            let line = "\(vector.kind.rawValue) \(vector.blob.prefix(count))"
            #expect(throws: InvalidValue.self) { try PublicKey(line) }
        }
    }

    @Test("a key with something after its end is refused")
    func trailing() throws {
        let blob = KeyVector.all[0].blob
        #expect(throws: Never.self) { try PublicKey("ssh-ed25519 \(blob)") }
        #expect(throws: InvalidValue.publicKey(.malformed)) {
            try PublicKey("ssh-ed25519 \(blob)AAAA")
        }
    }

    @Test("a type that is not that of the content is refused")
    func mismatch() {
        #expect(throws: InvalidValue.publicKey(.typeMismatch)) {
            try PublicKey("ssh-rsa \(KeyVector.all[0].blob)")
        }
        #expect(throws: InvalidValue.publicKey(.typeMismatch)) {
            try PublicKey("ecdsa-sha2-nistp256 \(KeyVector.all[2].blob)")
        }
    }

    @Test("what is no usable public key is refused with its reason")
    func refused() throws {
        let blob = KeyVector.all[0].blob
        let cases: [(String, PublicKeyProblem)] = [
            ("", .notAKey),
            ("ssh-ed25519", .notAKey),
            ("ssh-dss AAAAB3NzaC1kc3M=", .dsa),
            ("ssh-ed25519-cert-v01@openssh.com AAAA", .certificate),
            ("ssh-foo AAAA", .unsupportedType),
            ("no-pty ssh-ed25519 \(blob)", .unsupportedType),
            ("ssh-ed25519 !\(blob)", .notBase64),
            ("ssh-ed25519 \(blob)\nssh-ed25519 \(blob)", .severalLines),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl\n", .privateKey),
            (KeyVector.shortRSA, .shortRSA(bits: 1024)),
            ("ssh-ed25519 " + String(repeating: "A", count: 9000), .tooLong),
        ]
        for (line, problem) in cases {
            #expect(throws: InvalidValue.publicKey(problem), "\(line)") { try PublicKey(line) }
            #expect(problem.description.hasSuffix("."))
        }
    }

    @Test("a fingerprint is read with and without its prefix, and nothing else is")
    func fingerprints() throws {
        let text = KeyVector.all[0].fingerprint
        let fingerprint = try #require(KeyFingerprint(text))
        #expect(fingerprint.description == text)
        #expect(KeyFingerprint(String(text.dropFirst(7))) == fingerprint)
        #expect(KeyFingerprint(String(text.dropLast())) == nil)
        #expect(KeyFingerprint(text + "=") == nil)
        #expect(KeyFingerprint("MD5:" + text.dropFirst(7)) == nil)
        #expect(KeyFingerprint("") == nil)
    }
}
