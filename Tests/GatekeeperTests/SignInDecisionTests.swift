import AccessControl
import SubuserStore
import Testing

@testable import Gatekeeper

@Suite("What is demanded of somebody who signs in")
struct SignInDecisionTests {
    private static let hash = "$2y$04$hash"
    private static let key = "SHA256:key"
    private static let server = ServerID.random()
    private static let appPassword = AppPasswordID.random()
    private static let factor = SecondFactorID.random()

    private func access(
        demands: [String]? = nil,
        serverDemands: [String]? = nil,
        hasKey: Bool = true,
        hasTwoFactor: Bool = false,
        hasCode: Bool = false,
        appPasswordServer: ServerID? = nil
    ) throws -> AccessRecord {
        let user = SignInCredentials(
            id: .random(),
            name: try UserName("ann"),
            isAdministrator: true,
            passwordHash: Self.hash,
            keyFingerprints: hasKey ? [Self.key] : [],
            policy: try demands.map { try SignInPolicy($0) },
            hasTwoFactor: hasTwoFactor,
            secondFactor: hasCode ? Self.factor : nil,
            appPasswords: [
                AppPasswordKey(id: Self.appPassword, server: appPasswordServer, digest: [])
            ]
        )
        return AccessRecord(
            user: user,
            server: Server(
                id: Self.server,
                name: try DisplayName("One"),
                ownerID: user.id,
                ownerName: user.name,
                directory: try ServerDirectory("one"),
                state: .normal,
                policy: try serverDemands.map { try SignInPolicy($0) },
                createdAt: Timestamp(milliseconds: 0),
                updatedAt: Timestamp(milliseconds: 0)
            ),
            permissions: nil
        )
    }

    private let password = SignInProofs.Proof.password(hash: hash)
    private let key = SignInProofs.Proof.key(fingerprint: key)
    private let code = SignInProofs.Proof.code(of: factor)
    private let appPassword = SignInProofs.Proof.appPassword(appPassword)

    private func decide(
        _ record: AccessRecord,
        _ proofs: SignInProofs.Proof...,
        rules: SignInRules = SignInRules()
    ) -> SignInDecision {
        var proven = SignInProofs()
        for proof in proofs { proven.add(proof) }
        return SignInDecision(of: record.user, record, proofs: proven, rules: rules)
    }

    @Test("a password or a key is enough where nobody demands more")
    func standard() throws {
        let record = try access()
        for proof in [password, key, appPassword] {
            #expect(decide(record, proof) == .granted(.all))
        }
    }

    @Test("whoever has a second factor shows it beside the password, and not beside a key")
    func secondFactor() throws {
        let record = try access(hasCode: true)
        #expect(decide(record, password) == .incomplete(next: [.publicKey, .code]))
        #expect(decide(record, password, code) == .granted(.all))
        #expect(decide(record, password, key) == .granted(.all))
        #expect(decide(record, key) == .granted(.all))
        #expect(decide(record, appPassword) == .granted(.all))
    }

    @Test("beside a key as well, where the host wants it")
    func keysNeedCode() throws {
        let record = try access(hasCode: true)
        let rules = SignInRules(keysNeedCode: true)
        #expect(decide(record, key, rules: rules) == .incomplete(next: .code))
        #expect(decide(record, key, code, rules: rules) == .granted(.all))
    }

    @Test("who has one at the panel only needs a key or an app password, where the host wants it")
    func panel() throws {
        let record = try access(hasKey: false, hasTwoFactor: true)
        guard case .refused = decide(record, password) else {
            Issue.record("a password alone was enough")
            return
        }
        #expect(decide(record, appPassword) == .granted(.all))
        let withKey = try access(hasTwoFactor: true)
        #expect(decide(withKey, password) == .incomplete(next: .publicKey))
        #expect(decide(withKey, key) == .granted(.all))
        for secondFactor: SignInRules.SecondFactor in [.enrolled, .off] {
            let rules = SignInRules(secondFactor: secondFactor)
            #expect(decide(record, password, rules: rules) == .granted(.all))
        }
        let off = SignInRules(secondFactor: .off)
        #expect(decide(try access(hasCode: true), password, rules: off) == .granted(.all))
    }

    @Test("host, person and server each can demand a key")
    func keyOnly() throws {
        let rules = SignInRules(policy: try SignInPolicy(["publickey"]))
        let cases: [(AccessRecord, SignInRules)] = [
            (try access(), rules),
            (try access(demands: ["publickey"]), SignInRules()),
            (try access(serverDemands: ["publickey"]), SignInRules()),
        ]
        for (record, rules) in cases {
            #expect(decide(record, password, rules: rules) == .incomplete(next: .publicKey))
            #expect(decide(record, appPassword, rules: rules) == .incomplete(next: .publicKey))
            #expect(decide(record, key, rules: rules) == .granted(.all))
        }
        guard case .refused = decide(try access(demands: ["publickey"], hasKey: false), password)
        else {
            Issue.record("a password was enough where a key is demanded")
            return
        }
    }

    @Test("a key and a code together, and nothing less")
    func keyAndCode() throws {
        let record = try access(serverDemands: ["publickey+code"], hasCode: true)
        #expect(decide(record, key) == .incomplete(next: .code))
        #expect(decide(record, password) == .incomplete(next: [.publicKey, .code]))
        #expect(decide(record, password, code) == .incomplete(next: .publicKey))
        #expect(decide(record, key, code) == .granted(.all))
    }

    @Test("an app password is good on its server, and gone when it is removed")
    func appPasswords() throws {
        #expect(decide(try access(appPasswordServer: Self.server), appPassword) == .granted(.all))
        guard case .refused = decide(try access(appPasswordServer: .random()), appPassword) else {
            Issue.record("an app password for another server let somebody in")
            return
        }
        guard case .denied = decide(try access(), .appPassword(.random())) else {
            Issue.record("an app password that is gone let somebody in")
            return
        }
    }

    @Test("what was proven earlier on the connection must still stand at its end")
    func staleProof() throws {
        let record = try access(hasCode: true)
        guard case .denied = decide(record, .password(hash: "$2y$04$older"), code) else {
            Issue.record("a password that was changed before the code came let somebody in")
            return
        }
    }

    @Test("a code of a second factor that was replaced since is worth nothing")
    func replacedFactor() throws {
        let record = try access(hasCode: true)
        guard case .denied = decide(record, password, .code(of: .random())) else {
            Issue.record("a code of an earlier second factor let somebody in")
            return
        }
        // Without a second factor nobody is asked for a code, and whoever showed one may stay.
        #expect(decide(try access(), password, code) == .granted(.all))
    }

    @Test("a code alone is never enough")
    func codeAlone() throws {
        #expect(decide(try access(hasCode: true), code) == .incomplete(next: .first))
    }
}
