import AccessControl
import SessionLink
import Testing
import WireFormat

@Suite("Messages of the link")
struct LinkMessageTests {
    static let preparation = SessionPreparation(
        hostKeys: ["first key", "second key"],
        algorithms: AlgorithmLists(
            keyExchange: "curve25519-sha256",
            hostKeys: "ssh-ed25519",
            ciphers: "aes128-gcm@openssh.com",
            messageAuthentication: "hmac-sha2-256",
            publicKeys: "ssh-ed25519"
        ),
        softwareName: "Portcullis",
        limits: SessionLimits(
            signInGrace: 30_000,
            signInAttempts: 6,
            unauthenticatedPackets: 200,
            unauthenticatedBytes: 1 << 19,
            stall: 60_000,
            unused: 600_000,
            idle: nil,
            total: 86_400_000,
            keepalive: 60_000,
            silence: 240_000,
            channels: 4,
            handles: 256,
            memory: 128
        ),
        confinement: .whenAvailable,
        files: FileRules(
            creationMask: 0o022,
            entersMounts: true,
            containerPaths: ["/home/container", "/srv"]
        )
    )

    static let gateMessages: [GateMessage] = [
        .prepare(preparation),
        .serve(SessionID(rawValue: 0x0123_4567_89AB), peer: "[::1]:4711"),
        .answer(attempt: 3, .denied),
        .answer(attempt: 4, .keyWouldDo),
        .answer(attempt: 5, .refused(reason: "This server is suspended")),
        .answer(
            attempt: .max,
            .granted(Grant(rights: .all, userName: "ada", serverID: "1a2b3c4d"))
        ),
        .goodbye(reason: "permissions changed"),
    ]

    @Test("Every message of the gate comes back as it was sent", arguments: gateMessages)
    func gateMessagesSurvive(message: GateMessage) throws {
        #expect(try GateMessage(decoding: message.encoded) == message)
    }

    @Test("No proper prefix of a gate's message is taken for a message", arguments: gateMessages)
    func gatePrefixesAreRefused(message: GateMessage) {
        for length in 0..<message.encoded.count {
            #expect(throws: WireError.self) {
                try GateMessage(decoding: Array(message.encoded.prefix(length)))
            }
        }
    }

    static let sessionMessages: [SessionMessage] = [
        .ready(hostKeyFingerprints: ["SHA256:abc", "SHA256:def"]),
        .unusable(reason: "no key", hostKey: 1),
        .unusable(reason: "no Landlock", hostKey: nil),
        .handshake(
            HandshakeReport(
                clientVersion: "SSH-2.0-OpenSSH_9.2",
                keyExchange: "curve25519-sha256",
                cipherIn: "aes128-gcm@openssh.com",
                cipherOut: "aes256-gcm@openssh.com"
            )
        ),
        .attempt(
            SignInAttempt(number: 7, userName: "ada.1a2b3c4d", proof: .password(Secret("pass")))
        ),
        .attempt(
            SignInAttempt(
                number: 8,
                userName: ByteString([0xFF, 0x00]),
                proof: .proven(PublicKeyIdentity(type: "ssh-ed25519", fingerprint: "SHA256:x"))
            )
        ),
        .serving(lacking: []),
        .serving(lacking: [.landlock, .systemCallFilter]),
        .activity(
            FileActivity(operation: .rename, path: "/a", secondPath: "/b", byteCount: 0)
        ),
        .activity(
            FileActivity(operation: .removeFile, path: "/a", outcome: .denied(.delete))
        ),
        .violation(detail: "a packet of 4 GiB"),
        .farewell(.stalled, detail: ""),
    ]

    @Test("Every message of a session comes back as it was sent", arguments: sessionMessages)
    func sessionMessagesSurvive(message: SessionMessage) throws {
        #expect(try SessionMessage(decoding: message.encoded).encoded == message.encoded)
    }

    @Test(
        "A session's message cut short or with bytes left over is refused",
        arguments: sessionMessages
    )
    func sessionPrefixesAreRefused(message: SessionMessage) {
        for length in 0..<message.encoded.count {
            #expect(throws: WireError.self) {
                try SessionMessage(decoding: Array(message.encoded.prefix(length)))
            }
        }
        #expect(throws: WireError.trailingBytes(count: 1)) {
            try SessionMessage(decoding: message.encoded + [0])
        }
    }

    @Test("A session id is twelve hexadecimal digits and reads back")
    func sessionIDs() {
        #expect("\(SessionID(rawValue: 0xAB))" == "0000000000ab")
        #expect(SessionID("0000000000ab") == SessionID(rawValue: 0xAB))
        #expect(SessionID("ab") == nil)
        #expect(SessionID("zzzzzzzzzzzz") == nil)
        let id = SessionID.random()
        #expect(SessionID("\(id)") == id)
    }

    @Test("A secret shows nothing of itself in any text")
    func secretsStayHidden() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        let texts = ["\(secret)", String(reflecting: secret), dumped]
        for text in texts { #expect(!text.contains("hunter2")) }
        #expect(secret.withBytes { $0 } == Array("hunter2".utf8))
    }
}
