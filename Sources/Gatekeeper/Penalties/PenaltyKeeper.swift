import Admission
package import Logging
package import SubuserStore
import Synchronization

/// Keeps what the gate knows of penalties and what the store has of them in step.
///
/// Bans by hand are in the store before they hold. What grows by itself is written now and then,
/// from a copy, so that the gate's own thread never waits for a disk: only what has changed since
/// the last time, and everything anew where the calendar has jumped meanwhile.
package final class PenaltyKeeper: Sendable {
    private let live: any LivePenalties
    private let store: any PenaltyStore
    private let logger: Logger
    /// Whatever changes the store does so one after the other.
    private let turns = Turns<Work>()
    private let saved = Mutex<Saved?>(nil)

    private enum Work: Hashable {
        case writing
    }

    /// What is on the disk.
    private struct Saved {
        let reading: PenaltyReading
        /// Milliseconds by which the calendar was ahead of the clock of penalties.
        let lead: Int64
    }

    /// Between two savings: so much is lost at most when the gate is killed.
    package static let interval: Duration = .seconds(30)
    /// Changes of each kind written in one transaction; whoever else writes waits for one.
    package static let portion = 1000
    /// Milliseconds that the calendar may drift between two savings.
    private static let drift: Int64 = 1000

    package init(live: any LivePenalties, store: any PenaltyStore, logger: Logger) {
        self.live = live
        self.store = store
        self.logger = logger
    }

    /// Takes up what was kept; to be called before the first client is let in.
    ///
    /// A store that cannot be read is an error: nobody who is banned may get in because of it.
    package func restore(at time: Timestamp = .now) async throws(StoreError) {
        try await turns.run(.writing) { () async throws(StoreError) in
            let kept = try await store.penalties(at: time)
            for row in kept.damaged {
                logger.warning(
                    "a kept penalty cannot be read; it is gone",
                    metadata: ["row": "\(row)"]
                )
            }
            let snapshot = kept.snapshot
            await live.changePenalties { penalties, now in
                penalties = Penalties(penalties.rules, restoring: snapshot, elapsed: 0, at: now)
            }
            let over = snapshot.bans.filter { ($0.remaining ?? 1) <= 0 }.map(\.range)
            if !over.isEmpty { try await store.removeBans(over, penaltiesOf: []) }
        }
    }

    /// Saves now and then until the task is cancelled.
    package func run() async {
        await save(.everything)
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.interval)
            if !Task.isCancelled { await save(.changes) }
        }
    }

    /// How much of it is written.
    package enum Extent: Sendable {
        /// What is another than it was the last time.
        case changes
        /// All of it, and nothing else stays.
        case everything
    }

    /// Writes what there is; what could not be written is written the next time.
    package func save(_ extent: Extent, at time: Timestamp? = nil) async {
        do throws(StoreError) {
            try await turns.run(.writing) { () async throws(StoreError) in
                try await write(extent, at: time)
            }
        } catch {
            if Task.isCancelled { return }
            logger.error("penalties cannot be saved yet", metadata: ["error": "\(error)"])
        }
    }

    private func write(_ extent: Extent, at time: Timestamp?) async throws(StoreError) {
        let reading = await live.penalties()
        let time = time ?? .now
        let lead = time.milliseconds &- reading.time
        let last = saved.withLock { $0 }
        var earlier = last?.reading
        switch extent {
        case .everything: earlier = nil
        case .changes:
            // Whatever was written by the other calendar would be restored by this one.
            if let last, (lead &- last.lead).magnitude > Self.drift { earlier = nil }
        }
        for part in reading.changes(since: earlier).parts(of: Self.portion) {
            try await store.savePenalties(part, at: time)
        }
        let bans = reading.penalties.bans(at: reading.time)
        if earlier == nil {
            try await store.removePenalties(notSavedAt: time)
            let ending = bans.filter { $0.remaining != nil }
            if !ending.isEmpty { try await store.setBans(ending, at: time) }
        }
        let ranges = Set(bans.map(\.range))
        let over = last.map { $0.reading.penalties.bans(at: $0.reading.time).map(\.range) } ?? []
        let ended = over.filter { !ranges.contains($0) }
        if !ended.isEmpty { try await store.removeBans(ended, penaltiesOf: []) }
        saved.withLock { $0 = Saved(reading: reading, lead: lead) }
    }
}

extension PenaltyKeeper {
    /// What there is at this moment.
    func reading() async -> PenaltyReading { await live.penalties() }

    /// Why the lists of the configuration refuse an address; nil where they do not.
    func listing(of address: IPAddress) async -> AdmissionRefusal? {
        await live.listing(of: address)
    }

    /// Sets a ban, in the store and then in the gate; answers whether it replaced one.
    func ban(
        _ range: AddressRange,
        reason: String,
        duration: Int64?
    ) async throws(AdministrationError) -> Bool {
        try await turns.run(.writing) { () async throws(AdministrationError) in
            let reading = await live.penalties()
            let ban = { @Sendable (penalties: inout Penalties, now: Int64) throws(AdmissionError) in
                try penalties.ban(range, reason: reason, duration: duration, at: now)
            }
            // Tried on a copy first: what is refused must not be in the store.
            var trial = reading.penalties
            let isReplaced = trial.bans(at: reading.time).contains { $0.range == range }
            do throws(AdmissionError) { try ban(&trial, reading.time) } catch { throw .ban(error) }
            let report = BanReport(range: range, reason: reason, remaining: duration)
            try await storing { store throws(StoreError) in
                try await store.setBans([report], at: .now)
            }
            do throws(AdmissionError) {
                try await live.changePenalties(ban)
            } catch {
                throw .ban(error)
            }
            return isReplaced
        }
    }

    /// Ends the bans and penalties of a range, in the store and then in the gate.
    func lift(_ range: AddressRange) async throws(AdministrationError) -> LiftedPenalties {
        try await turns.run(.writing) { () async throws(AdministrationError) in
            let reading = await live.penalties()
            var trial = reading.penalties
            let lifted = trial.lift(range, at: reading.time)
            guard !lifted.isEmpty else { return lifted }
            try await storing { store throws(StoreError) in
                try await store.removeBans(
                    lifted.bans.map(\.range),
                    penaltiesOf: lifted.penalties.map(\.source)
                )
            }
            return await live.changePenalties { $0.lift(range, at: $1) }
        }
    }

    /// Ends what is counted against an account; answers what it was, nil where there was nothing.
    func lift(account user: UserID) async throws(AdministrationError) -> AccountPenalty? {
        try await turns.run(.writing) { () async throws(AdministrationError) in
            let account = "\(user)"
            let reading = await live.penalties()
            let penalty = reading.penalties.explain(account: account, at: reading.time)
            guard penalty != nil else { return nil }
            try await storing { store throws(StoreError) in
                try await store.savePenalties(PenaltyChanges(endedAccounts: [account]), at: .now)
            }
            return await live.changePenalties { $0.lift(account: account, at: $1) }
        }
    }

    /// Forgets where these users have signed in: whoever knew their old passwords did, too.
    ///
    /// The store has forgotten it with the change itself.
    func forgetSources(of users: [UserID]) async {
        await change(users) { $0.forgetSources(of: $1, at: $2) }
    }

    /// Forgets users who are gone.
    func forget(_ users: [UserID]) async {
        await change(users) { penalties, account, now in
            penalties.forgetSources(of: account, at: now)
            penalties.lift(account: account, at: now)
        }
    }

    private func change(
        _ users: [UserID],
        _ body: @escaping @Sendable (inout Penalties, _ account: String, _ now: Int64) -> Void
    ) async {
        guard !users.isEmpty else { return }
        await turns.run(.writing) {
            await live.changePenalties { penalties, now in
                for user in users { body(&penalties, "\(user)", now) }
            }
        }
    }

    private func storing(
        _ body: (any PenaltyStore) async throws(StoreError) -> Void
    ) async throws(AdministrationError) {
        do throws(StoreError) {
            try await body(store)
        } catch {
            throw .store(error)
        }
    }
}
