package import Admission
package import SubuserStore

/// Who is kept out, as of one moment.
package struct BanListing: Sendable {
    package let bans: [BanReport]
    package let sources: [SourcePenalty]
    package let accounts: [NamedAccountPenalty]
    /// The moment, by the calendar.
    package let time: Timestamp
}

/// Guesses at an account, with whose it is.
package struct NamedAccountPenalty: Sendable {
    package let user: UserID
    package let userName: UserName
    package let penalty: AccountPenalty
}

/// Everything that is known about an address.
package struct AddressReport: Sendable {
    package let explanation: SourceExplanation
    /// Why a connection from there would be refused now; nil where it would not be for this.
    package let refusal: AdmissionRefusal?
    /// The moment, by the calendar.
    package let time: Timestamp
}

/// Everything that is known about guesses at an account.
package struct AccountReport: Sendable {
    package let user: User
    /// Nil where nobody has guessed.
    package let penalty: AccountPenalty?
    /// Where they have signed in lately, the latest first: from there a password is always looked
    /// at.
    package let knownSources: [KnownSource]
    /// The moment, by the calendar.
    package let time: Timestamp
}

extension Administration {
    /// Bans by hand, sources that are kept out, and accounts from which strangers are kept; of the
    /// last two also those of which it has not come to that yet, if `all` are wanted.
    package func bans(all: Bool) async throws(AdministrationError) -> BanListing {
        let reading = await penalties.reading()
        let (kept, now) = (reading.penalties, reading.time)
        let accounts = kept.accounts(at: now).filter { all || $0.isEnforced }
        var names: [String: User] = [:]
        if !accounts.isEmpty {
            for user in try await users() { names["\(user.id)"] = user }
        }
        return BanListing(
            bans: kept.bans(at: now),
            sources: kept.sources(at: now).filter { all || $0.isEnforced },
            accounts: accounts.compactMap { penalty in
                names[penalty.account].map {
                    NamedAccountPenalty(user: $0.id, userName: $0.name, penalty: penalty)
                }
            },
            time: .now
        )
    }

    /// Why an address, or all addresses of one source, may connect or not.
    ///
    /// - Throws: `severalSources`.
    package func explainBan(
        of range: AddressRange
    ) async throws(AdministrationError) -> AddressReport {
        let reading = await penalties.reading()
        guard reading.penalties.source(of: range) != nil else { throw .severalSources(range) }
        let address = range.network
        let decision = reading.penalties.admission(of: address, at: reading.time)
        let listed = await penalties.listing(of: address)
        return AddressReport(
            explanation: reading.penalties.explain(address, at: reading.time),
            refusal: listed ?? decision.refusal,
            time: .now
        )
    }

    /// Who guesses at a user's account, and from where they themselves come.
    ///
    /// - Throws: `notFound` from the store.
    package func explainPenalty(
        of reference: UserReference
    ) async throws(AdministrationError) -> AccountReport {
        let user = try await user(reference)
        let reading = await penalties.reading()
        let account = "\(user.id)"
        return AccountReport(
            user: user,
            penalty: reading.penalties.explain(account: account, at: reading.time),
            knownSources: reading.penalties.knownSources(of: account, at: reading.time).reversed(),
            time: .now
        )
    }
}
