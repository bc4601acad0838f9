import AccessControl
import Testing

@Suite("Sign-in policies")
struct SignInPolicyTests {
    private func policy(_ texts: String...) throws -> SignInPolicy { try SignInPolicy(texts) }

    @Test("a policy reads back as it was written, whatever the order")
    func text() throws {
        let policy = try policy("code+publickey", "password+code", "publickey+code")
        #expect(policy.texts == ["password+code", "publickey+code"])
        #expect(try SignInPolicy(policy.texts) == policy)
        #expect(SignInPolicy.standard.texts == ["password", "publickey"])
    }

    @Test("what could let nobody in, or anybody, is no policy")
    func problems() {
        #expect(throws: SignInPolicyProblem.empty) { try SignInPolicy([]) }
        #expect(throws: SignInPolicyProblem.codeAlone) { try SignInPolicy(["code"]) }
        #expect(throws: SignInPolicyProblem.unknownFactor("")) { try SignInPolicy(["password+"]) }
        #expect(throws: SignInPolicyProblem.unknownFactor("Password")) {
            try SignInPolicy(["publickey", "Password"])
        }
    }

    @Test("whoever proves more than is enough is let in, and nobody who proves less")
    func acceptance() throws {
        let policy = try policy("publickey", "password+code")
        for factors in (0...7).map({ SignInFactors(rawValue: $0) }) {
            let isEnough =
                factors.contains(.publicKey) || factors.isSuperset(of: [.password, .code])
            #expect(policy.accepts(factors) == isEnough, "\(factors)")
        }
    }

    @Test("host, server and person must all be satisfied")
    func together() throws {
        let requirement = SignInRequirement([
            .standard, try policy("publickey"), try policy("password+code", "publickey+code"),
        ])
        #expect(!requirement.isMet(by: .publicKey))
        #expect(!requirement.isMet(by: [.password, .code]))
        #expect(requirement.isMet(by: [.publicKey, .code]))
    }

    @Test("the next step lies on a shortest way, and a code is never the first")
    func next() throws {
        let either = SignInRequirement([try policy("publickey", "password+code")])
        #expect(either.next(after: [], available: .all) == [.password, .publicKey])
        #expect(either.next(after: .password, available: .all) == [.publicKey, .code])
        #expect(either.next(after: .password, available: [.password, .code]) == .code)
        #expect(either.next(after: .password, available: .password) == [])
        #expect(either.next(after: [], available: .code) == [])
        let both = SignInRequirement([try policy("publickey+code")])
        #expect(both.next(after: [], available: .all) == .publicKey)
        #expect(both.next(after: .publicKey, available: .all) == .code)
        #expect(both.next(after: .password, available: .all) == [.publicKey, .code])
    }

    @Test("without any policy a first factor is still demanded")
    func nothing() {
        #expect(!SignInRequirement([]).isMet(by: []))
        #expect(!SignInRequirement([]).isMet(by: .code))
        #expect(SignInRequirement([]).isMet(by: .password))
    }
}
