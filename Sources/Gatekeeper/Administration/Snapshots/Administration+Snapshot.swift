import AccessControl
import LinuxSystem
import SessionLink
package import SubuserStore

extension Administration {
    /// Everything that decides about access, as it is at this moment.
    package func snapshot() async throws(AdministrationError) -> Snapshot {
        try await asking { store throws(StoreError) in try await store.snapshot() }
    }

    /// An empty document, to be filled.
    package func makeSnapshotDraft() -> SnapshotDraft {
        SnapshotDraft(sharing: sharing)
    }

    /// Makes the store equal to a document, and ends the sessions that had what it takes away.
    ///
    /// A directory that is not there is a warning and no error: a host is restored in any order,
    /// and until its files are there, nobody can sign in to that server. A trial changes and ends
    /// nothing, and answers what would, but for the sessions that do not satisfy another sign-in
    /// policy: of these it tells only those that it ended.
    ///
    /// - Throws: `snapshot` when the document contradicts itself, `volumes`, `store`.
    package func importSnapshot(
        _ draft: SnapshotDraft,
        isTrial: Bool,
        by caller: Caller
    ) async throws(AdministrationError) -> Completed<SnapshotReport> {
        let snapshot = try draft.finish()
        let directories = try unusableDirectories(of: snapshot)
        return try await completing { () async throws(AdministrationError) in
            let difference = try await asking { store throws(StoreError) in
                try await store.replaceContents(with: snapshot, isTrial: isTrial)
            }
            let fates = await fates(of: difference)
            var endings = fates.ending
            var outcome = RevocationOutcome()
            if !isTrial && !difference.isEmpty {
                outcome = await revoke(endings)
                for (reason, sessions) in fates.reviewed {
                    let next = await review(.sessions(Set(sessions.map(\.id))), reason: reason)
                    outcome = outcome.followed(by: next)
                    let ended = Set(next.sessions.map(\.id))
                    endings += sessions.filter { ended.contains($0.id) }.map {
                        SnapshotReport.Ending(session: $0, reason: reason)
                    }
                }
                await penalties.forget(difference.users.removed.map(\.id))
                await penalties.forgetSources(of: difference.changedPasswords)
            }
            let report = SnapshotReport(
                difference,
                isTrial: isTrial,
                endings: endings,
                directories: directories
            )
            if !isTrial && report.isChange {
                await record(difference, report, outcome, by: caller)
            }
            return Completed(
                report,
                revocation: outcome,
                droppedPermissions: draft.droppedPermissions
            )
        }
    }

    /// What becomes of the sessions that are open.
    private struct Fates {
        /// Those that end.
        var ending: [SnapshotReport.Ending] = []
        /// Those that the gate decides about, by what they are told if they end.
        var reviewed: [String: [SessionSummary]] = [:]
    }

    /// The sessions that are open now and end because of the difference, and those that may go on.
    ///
    /// Asked once, after the change is stored. A sign-in is read, decided and registered in one
    /// step on the gate's thread, and this question is answered on that thread too. So every
    /// sign-in that was decided on the old state is registered before the question is answered,
    /// and found; every other one is decided later, and then it reads the store as it is now.
    private func fates(
        of difference: SnapshotDifference
    ) async -> Fates {
        var fates = Fates()
        guard !difference.isEmpty else { return fates }
        let rules = SnapshotEndings(difference, gained: sharing.gained)
        for session in await live.sessions() {
            switch rules.fate(of: session) {
            case .stays: break
            case .grows:
                fates.reviewed[EndingReason.permissionsChanged, default: []].append(session)
            case .isReviewed:
                fates.reviewed[EndingReason.signInChanged, default: []].append(session)
            case .ends(let reason): fates.ending.append(.init(session: session, reason: reason))
            }
        }
        return fates
    }

    /// Ends them all at once, with one grace for all.
    private func revoke(_ endings: [SnapshotReport.Ending]) async -> RevocationOutcome {
        let orders = Dictionary(grouping: endings, by: \.reason).map { reason, endings in
            RevocationOrder(
                selector: .sessions(Set(endings.map(\.session.id))),
                reason: reason
            )
        }
        return await live.revoke(orders).reduce(RevocationOutcome()) { outcome, next in
            let longest = max(outcome.milliseconds, next.milliseconds)
            var both = outcome.followed(by: next)
            both.milliseconds = longest
            return both
        }
    }

    /// Why the directories of servers cannot be used, a sentence each.
    private func unusableDirectories(
        of snapshot: Snapshot
    ) throws(AdministrationError) -> [String] {
        let root: FileDescriptor
        do throws(SystemError) {
            root = try FileDescriptor.directory(at: volumes)
        } catch {
            throw .volumes(path: volumes, error)
        }
        var problems: [String] = []
        for server in snapshot.servers.values.sorted(by: { $0.id < $1.id }) {
            do throws(SystemError) {
                _ = try root.directory(beneath: server.directory.path)
            } catch {
                let problem = AdministrationError.directory(server.directory, error)
                problems.append("Server \(ShortID(of: server.id)): \(problem)")
            }
        }
        return problems
    }

    // MARK: What is recorded

    /// Records each subuser as if they had come alone, and then the import with its counts.
    private func record(
        _ difference: SnapshotDifference,
        _ report: SnapshotReport,
        _ outcome: RevocationOutcome,
        by caller: Caller
    ) async {
        await keep(difference.subuserEntries(PlacedOutcome(outcome)), by: Actor(caller))
        var properties = report.properties
        properties["revoked"] = outcome.counts
        await record(ActivityEntry(.importSnapshot, properties: properties), by: caller)
    }
}

extension SnapshotReport {
    fileprivate var properties: [String: JSONValue] {
        var properties: [String: JSONValue] = [
            "users": users.counts, "keys": keys.counts, "servers": servers.counts,
            "subusers": subusers.counts, "delegations": delegations.counts,
        ]
        if withdrawnInvitations > 0 {
            properties["withdrawnInvitations"] = .number(Int64(withdrawnInvitations))
        }
        return properties
    }
}

extension SnapshotReport.Changes {
    fileprivate var counts: JSONValue {
        .object([
            "added": .number(Int64(addedCount)), "changed": .number(Int64(changedCount)),
            "removed": .number(Int64(removedCount)),
        ])
    }
}

extension SnapshotDifference {
    /// What is recorded for each subuser that was added, changed or removed.
    fileprivate func subuserEntries(_ outcome: PlacedOutcome) -> [ActivityEntry] {
        func entry(
            _ event: ActivityEvent,
            _ place: SubuserPlace,
            _ properties: [String: JSONValue]
        ) -> ActivityEntry {
            let user = after.users[place.userID] ?? before.users[place.userID]
            var properties = properties
            properties["email"] = user.map { .text("\($0.email)") }
            properties["revoked"] = outcome[place].counts
            return ActivityEntry(
                event,
                userID: place.userID,
                userName: user.map { "\($0.name)" },
                serverID: place.serverID,
                properties: properties
            )
        }
        return subusers.added.map { id, permissions in
            entry(.addSubuser, id, ["permissions": .texts(permissions.names)])
        }
            + subusers.changed.map { change in
                entry(
                    .changeSubuser,
                    change.id,
                    ["old": .texts(change.before.names), "new": .texts(change.after.names)]
                )
            }
            + subusers.removed.map { id, _ in entry(.removeSubuser, id, [:]) }
    }
}
