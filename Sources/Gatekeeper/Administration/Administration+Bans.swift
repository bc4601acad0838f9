import AccessControl
package import Admission
import SessionLink
package import SubuserStore

/// A ban that somebody wants.
package struct BanDraft: Sendable {
    package let range: AddressRange
    /// Told to those whom it cuts off, and to operators.
    package let reason: DisplayName?
    /// Milliseconds; nil for ever.
    package let duration: Int64?
    /// Whether a range may be meant that is wider than anybody's network.
    package let meansEveryone: Bool

    package init(
        range: AddressRange,
        reason: DisplayName?,
        duration: Int64?,
        meansEveryone: Bool
    ) {
        self.range = range
        self.reason = reason
        self.duration = duration
        self.meansEveryone = meansEveryone
    }
}

/// A ban that was set.
package struct NewBan: Sendable {
    package let report: BanReport
    /// Whether there was one of the same range before.
    package let isReplaced: Bool
    /// The networks without penalties for which it holds as well.
    package let exemptions: [AddressRange]
    /// When that was so, by the calendar.
    package let time: Timestamp
}

extension Administration {
    /// Bans a range, in place of an earlier ban of the same one, and ends every connection from it.
    ///
    /// - Throws: `banTooWide`, `ban` where there are too many.
    package func ban(
        _ draft: BanDraft,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<NewBan> {
        let range = draft.range
        guard draft.meansEveryone || !range.isWide else { throw .banTooWide(range) }
        let reason = draft.reason.map { "\($0)" } ?? ""
        return try await completing { () async throws(AdministrationError) in
            let isReplaced = try await penalties.ban(
                range,
                reason: reason,
                duration: draft.duration
            )
            let time = Timestamp.now
            let outcome = await endConnections(from: range, reason: draft.reason)
            var properties: [String: JSONValue] = [
                "address": .text("\(range)"), "revoked": outcome.counts,
            ]
            properties["reason"] = draft.reason.map { .text("\($0)") }
            properties["seconds"] = draft.duration.map { .number($0 / 1000) }
            await record(ActivityEntry(.ban, properties: properties), by: caller)
            return Completed(
                NewBan(
                    report: BanReport(range: range, reason: reason, remaining: draft.duration),
                    isReplaced: isReplaced,
                    exemptions: await penalties.reading().penalties.exemptions(in: range),
                    time: time
                ),
                revocation: outcome
            )
        }
    }

    /// Ends those that were admitted before the ban held; whoever comes later meets the ban.
    private func endConnections(
        from range: AddressRange,
        reason: DisplayName?
    ) async -> RevocationOutcome {
        let found = await live.sessions().filter { session in
            session.address.map { range.contains($0) } ?? false
        }
        guard !found.isEmpty else { return RevocationOutcome() }
        return await live.revoke(
            .sessions(Set(found.map(\.id))),
            reason: EndingReason.addressBanned(reason)
        )
    }

    /// Ends the bans and penalties of a range and of everything inside it.
    ///
    /// - Throws: `notBanned` where there is none.
    package func liftBan(
        of range: AddressRange,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<LiftedBan> {
        try await completing { () async throws(AdministrationError) in
            let lifted = try await penalties.lift(range)
            let reading = await penalties.reading()
            let wider = reading.penalties.explain(range.network, at: reading.time).ban?.range
            guard !lifted.isEmpty else { throw .notBanned(range, wider: wider) }
            let properties: [String: JSONValue] = [
                "address": .text("\(range)"),
                "bans": .texts(lifted.bans.map { "\($0.range)" }.sorted()),
                "penalties": .number(Int64(lifted.penalties.count)),
            ]
            await record(ActivityEntry(.liftBan, properties: properties), by: caller)
            return Completed(LiftedBan(lifted: lifted, wider: wider))
        }
    }

    /// Ends what is counted against a user's account, so that strangers may try again.
    ///
    /// - Throws: `notFound` from the store, `notGuessedAt`.
    package func liftPenalty(
        of reference: UserReference,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<User> {
        let user = try await user(reference)
        return try await completing { () async throws(AdministrationError) in
            guard try await penalties.lift(account: user.id) != nil else {
                throw .notGuessedAt(user.name)
            }
            await record(entry(.liftPenalty, about: user, [:]), by: caller)
            return Completed(user)
        }
    }
}

/// What a lifting did.
package struct LiftedBan: Sendable {
    package let lifted: LiftedPenalties
    /// A ban of a wider range that holds still.
    package let wider: AddressRange?
}

extension AddressRange {
    /// Whether it is wider than any network that one organisation was ever given: a sign of a
    /// mistyped length, and of a ban that takes everybody.
    fileprivate var isWide: Bool {
        switch network.family {
        case .v4: prefixLength < 8
        case .v6: prefixLength < 16
        }
    }
}
