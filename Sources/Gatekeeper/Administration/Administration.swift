package import Logging
package import PasswordHashing
import SessionLink
package import SubuserStore

/// Every change to what the gate knows, with everything that has to follow it.
///
/// The order is always the same: check, store, end the sessions that had what is taken away, record
/// what was found and ended, answer. From the moment a change is stored, no sign-in is decided on
/// the old state; when the answer is there, no session that rests on it is left.
package struct Administration: Sendable {
    let store: any AccessStore
    let live: any LiveSessions
    /// Who is kept out, here and over a restart.
    package let penalties: PenaltyKeeper
    let activity: ActivityLog
    /// The directory beneath which every server's directory lies.
    let volumes: String
    let hasher: PasswordHasher
    /// How access is shared on this host.
    package let sharing: SharingOptions
    let enrolment: EnrolmentOptions
    let logger: Logger
    /// Which revocations are being done.
    let running = RunningRevocations()

    package init(
        store: any AccessStore,
        sessions: any LiveSessions & LivePenalties,
        activity: ActivityLog,
        volumes: String,
        hashingCost: HashingCost,
        sharing: SharingOptions = SharingOptions(),
        enrolment: EnrolmentOptions = EnrolmentOptions(),
        logger: Logger
    ) {
        self.store = store
        live = sessions
        penalties = PenaltyKeeper(live: sessions, store: store, logger: logger)
        self.activity = activity
        self.volumes = volumes
        hasher = PasswordHasher(cost: hashingCost)
        self.sharing = sharing
        self.enrolment = enrolment
        self.logger = logger
    }

    /// One page of what happened.
    package func activity(
        _ query: ActivityQuery
    ) async throws(AdministrationError) -> ActivityPage {
        try await asking { store throws(StoreError) in try await store.activity(query) }
    }

    /// Goes on with what happens after a position; `activityNews` says when it is worth a look.
    package func activityFeed(
        _ choice: ActivityFeed.Choice,
        serverID: ServerID?,
        userID: UserID?,
        after position: Int64
    ) -> ActivityFeed {
        ActivityFeed(choice, in: store, serverID: serverID, userID: userID, after: position)
    }

    /// Says whenever something was recorded.
    package var activityNews: Broadcast { activity.news }
}

extension Administration {
    /// Asks the store.
    func asking<Value>(
        _ question: (any AccessStore) async throws(StoreError) -> Value
    ) async throws(AdministrationError) -> Value {
        do throws(StoreError) {
            return try await question(store)
        } catch {
            throw .store(error)
        }
    }

    /// Runs a change to its end, even when whoever asked for it has stopped waiting.
    ///
    /// A caller that hangs up after the change is stored must not keep the sessions that it affects
    /// alive: the work has its own task, which nobody cancels.
    func completing<Value: Sendable>(
        _ change:
            @escaping @Sendable () async throws(AdministrationError) -> Completed<Value>
    ) async throws(AdministrationError) -> Completed<Value> {
        typealias Outcome = Result<Completed<Value>, AdministrationError>
        let work = Task(name: "change") { () async -> Outcome in
            do throws(AdministrationError) {
                return .success(try await change())
            } catch {
                return .failure(error)
            }
        }
        return try await work.value.get()
    }

    /// Ends those of the sessions whose access is another one, now that a change is stored.
    func review(_ selector: RevocationSelector, reason: String) async -> RevocationOutcome {
        await live.review(selector, reason: reason, gained: sharing.gained)
    }

    /// Sees that nobody goes on with what an earlier change has taken away.
    ///
    /// Two may ask for the same at once. The second finds nothing to change, and must not be told
    /// so while the first is still ending sessions, or has not begun to.
    func settle(_ selector: RevocationSelector) async {
        await live.settle(selector, gained: sharing.gained)
    }

    /// Logs a change and keeps it in the activity log.
    ///
    /// The change has happened by now. A store that cannot take the entry at this moment does not
    /// turn it into a failure; the activity log keeps the entry and tries again.
    func record(_ entry: ActivityEntry, by caller: Caller) async {
        await record(entry, by: Actor(caller))
    }

    /// The same for a change that was made in somebody's name.
    func record(_ entry: ActivityEntry, by actor: Actor) async {
        let entry = entry.made(by: actor)
        log(entry, by: actor.caller, inTheNameOf: actor.user)
        activity.add(entry)
        await activity.flush()
    }

    /// Logs a change; the caller is nil when the gate goes on with what an earlier one was asked.
    func log(_ entry: ActivityEntry, by caller: Caller?, inTheNameOf user: User? = nil) {
        var metadata: Logger.Metadata = ["change": "\(entry.event)"]
        metadata["uid"] = caller.map { "\($0.userID)" }
        metadata["pid"] = caller.map { "\($0.processID)" }
        metadata["actor"] = user.map { "\($0.name)" }
        if case .text(let job) = entry.properties["job"] { metadata["job"] = "\(job)" }
        if case .text(let address) = entry.properties["address"] {
            metadata["address"] = "\(address)"
        }
        metadata["ip"] = entry.ip.map { "\($0)" }
        metadata["user"] = entry.userName.map { "\($0)" }
        metadata["server"] = entry.serverID.map { "\(ShortID(of: $0))" }
        metadata["ended"] = entry.endedSessions.map { "\($0)" }
        logger.notice("changed over the control API", metadata: metadata)
    }

    /// Keeps what belongs to a larger change in the activity log.
    func keep(_ entries: [ActivityEntry], by actor: Actor) async {
        // In portions, because the log keeps a bounded number until they are written.
        for start in stride(from: 0, to: entries.count, by: Self.entriesAtOnce) {
            for entry in entries[start...].prefix(Self.entriesAtOnce) {
                activity.add(entry.made(by: actor))
            }
            await activity.flush()
        }
    }

    private static let entriesAtOnce = 1000
}

extension ActivityEntry {
    /// The same, with who did it.
    fileprivate func made(by actor: Actor) -> ActivityEntry {
        var entry = self
        entry.actor = "\(actor)"
        entry.actorID = actor.user?.id
        entry.ip = actor.caller.clientAddress.map { "\($0)" }
        return entry
    }
}
