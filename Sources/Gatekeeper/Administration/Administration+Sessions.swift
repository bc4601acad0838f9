import AccessControl
package import SessionLink
import SubuserStore

extension Administration {
    /// Every connection there is, oldest first.
    package func sessions() async -> [SessionSummary] {
        await live.sessions()
    }

    /// Ends one session.
    ///
    /// - Throws: `noSuchSession`.
    package func endSession(
        _ id: SessionID,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SessionID> {
        try await completing { () async throws(AdministrationError) in
            let outcome = await live.revoke(.session(id), reason: Self.defaultReason)
            guard outcome.found > 0 else { throw .noSuchSession }
            await record(ending(id, outcome), by: caller)
            return Completed(id, revocation: outcome)
        }
    }

    /// What is recorded when the session of this id was ended.
    private func ending(_ id: SessionID, _ outcome: RevocationOutcome) -> ActivityEntry {
        ActivityEntry(
            .endSession,
            session: "\(id)",
            properties: ["revoked": outcome.counts]
        )
    }
}
