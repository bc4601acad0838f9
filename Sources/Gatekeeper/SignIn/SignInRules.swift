package import AccessControl
package import SubuserStore

/// What the host demands of everybody who signs in.
package struct SignInRules: Equatable, Sendable {
    /// Of whom a second factor is demanded.
    package enum SecondFactor: Sendable {
        /// Of nobody, unless a policy says so.
        case off
        /// Of those whose second factor the gate knows.
        case enrolled
        /// Also of those whose account at the panel has one.
        case panel
    }

    package var policy: SignInPolicy
    package var secondFactor: SecondFactor
    /// Whether they need it beside a key as well.
    package var keysNeedCode: Bool

    package init(
        policy: SignInPolicy = .standard,
        secondFactor: SecondFactor = .panel,
        keysNeedCode: Bool = false
    ) {
        self.policy = policy
        self.secondFactor = secondFactor
        self.keysNeedCode = keysNeedCode
    }

    /// Everything that is demanded of a person; `server` is nil while nobody knows which it is.
    package func requirement(
        of person: SignInCredentials,
        on server: Server?
    ) -> SignInRequirement {
        var policies = [policy]
        if let own = person.policy { policies.append(own) }
        if let ofServer = server?.policy { policies.append(ofServer) }
        if isSecondFactorDemanded(of: person) {
            policies.append(.secondFactor(keysNeedCode: keysNeedCode))
        }
        return SignInRequirement(policies)
    }

    private func isSecondFactorDemanded(of person: SignInCredentials) -> Bool {
        switch secondFactor {
        case .off: false
        case .enrolled: person.hasCode
        case .panel: person.hasCode || person.hasTwoFactor
        }
    }
}

extension SignInCredentials {
    /// All that this person could prove.
    var factors: SignInFactors {
        var factors: SignInFactors = []
        if passwordHash != nil || !appPasswords.isEmpty { factors.insert(.password) }
        if !keyFingerprints.isEmpty { factors.insert(.publicKey) }
        if hasCode { factors.insert(.code) }
        return factors
    }
}
