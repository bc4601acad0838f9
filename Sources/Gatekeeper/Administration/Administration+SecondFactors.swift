import AccessControl
package import SignInSecrets
package import SubuserStore

/// How somebody is to get a second factor.
package struct SecondFactorDraft: Sendable {
    /// What their authenticator knows already; nil for a new secret.
    package var secret: SharedSecret?
    /// Whether it counts at once.
    package var isConfirmed: Bool
    /// Whether it may come in the place of one that counts.
    package var replaces: Bool

    package init(secret: SharedSecret? = nil, isConfirmed: Bool = false, replaces: Bool = false) {
        self.secret = secret
        self.isConfirmed = isConfirmed
        self.replaces = replaces
    }
}

/// A second factor, with what an authenticator has to know of it.
package struct Enrolment: Sendable {
    package let factor: SecondFactor
    package let secret: SharedSecret
    package let uri: ProvisioningURI
}

/// A second factor, with recovery codes that nobody can be shown again.
package struct RecoverySet: Sendable {
    package let factor: SecondFactor
    package let codes: [RecoveryCode]
}

extension Administration {
    /// A user's second factor; nil for none.
    package func secondFactor(
        of reference: UserReference
    ) async throws(AdministrationError) -> SecondFactor? {
        try await asking { store throws(StoreError) in
            try await store.secondFactor(of: try await store.user(reference).id)
        }
    }

    /// Gives a user a second factor; it counts when a code of it was seen, or at once.
    ///
    /// When it counts, the sessions end that have not shown what is demanded with it. A secret that
    /// counts already is nothing new.
    package func enrol(
        _ reference: UserReference,
        _ draft: SecondFactorDraft,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<Put<Enrolment>> {
        let user = try await user(reference)
        let secret = draft.secret ?? .random()
        let new = NewSecondFactor(
            secret: secret,
            isConfirmed: draft.isConfirmed,
            replaces: draft.replaces
        )
        let uri = ProvisioningURI(
            secret: secret,
            account: "\(user.name)",
            issuer: enrolment.issuer
        )
        return try await completing { () async throws(AdministrationError) in
            let change = try await asking { store throws(StoreError) in
                try await store.setSecondFactor(new, of: user.id)
            }
            let enrolment = Enrolment(factor: change.after, secret: secret, uri: uri)
            let made = Put(value: enrolment, isNew: change.isChange)
            guard change.isChange else {
                await settle(.user("\(user.id)"))
                return Completed(made)
            }
            var outcome = RevocationOutcome()
            if draft.isConfirmed { outcome = await reviewSecondFactor(of: user) }
            var properties: [String: JSONValue] = [
                "confirmed": .flag(draft.isConfirmed), "revoked": outcome.counts,
            ]
            if change.before?.isConfirmed == true { properties["replaces"] = true }
            await record(entry(.addSecondFactor, about: user, properties), by: caller)
            return Completed(made, revocation: outcome)
        }
    }

    /// Lets a second factor count, and ends the sessions that have not shown what is demanded with
    /// it.
    ///
    /// - Throws: `wrongCode`.
    package func confirmSecondFactor(
        of reference: UserReference,
        with code: String,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<RecoverySet> {
        let user = try await user(reference)
        let codes = Self.newRecoveryCodes()
        return try await completing { () async throws(AdministrationError) in
            let change: SecondFactorChange?
            do throws(AdministrationError) {
                change = try await asking { store throws(StoreError) in
                    try await store.confirmSecondFactor(
                        of: user.id,
                        with: code,
                        recoveryCodes: codes,
                        at: .now
                    )
                }
            } catch {
                // Perhaps an answer was lost: it may count already.
                await settle(.user("\(user.id)"))
                throw error
            }
            guard let change else { throw .wrongCode }
            let outcome = await reviewSecondFactor(of: user)
            let properties = ["revoked": outcome.counts]
            await record(entry(.confirmSecondFactor, about: user, properties), by: caller)
            return Completed(RecoverySet(factor: change.after, codes: codes), revocation: outcome)
        }
    }

    /// Takes a user's second factor away.
    package func removeSecondFactor(
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SecondFactor> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            let removed = try await asking { store throws(StoreError) in
                try await store.removeSecondFactor(of: user.id)
            }
            let outcome = await reviewSecondFactor(of: user)
            let properties: [String: JSONValue] = [
                "confirmed": .flag(removed.isConfirmed), "revoked": outcome.counts,
            ]
            await record(entry(.removeSecondFactor, about: user, properties), by: caller)
            return Completed(removed, revocation: outcome)
        }
    }

    /// Makes new recovery codes; those of before are good for nothing any more.
    package func renewRecoveryCodes(
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<RecoverySet> {
        let user = try await user(reference)
        let codes = Self.newRecoveryCodes()
        return try await completing { () async throws(AdministrationError) in
            let factor = try await asking { store throws(StoreError) in
                try await store.setRecoveryCodes(codes, of: user.id)
            }
            await record(entry(.renewRecoveryCodes, about: user, [:]), by: caller)
            return Completed(RecoverySet(factor: factor, codes: codes))
        }
    }

    private func reviewSecondFactor(of user: User) async -> RevocationOutcome {
        await review(.user("\(user.id)"), reason: EndingReason.signInChanged)
    }

    private static func newRecoveryCodes() -> [RecoveryCode] {
        (0..<RecoveryCode.countOfSet).map { _ in .random() }
    }
}
