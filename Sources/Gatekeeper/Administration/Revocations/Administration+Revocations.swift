import AccessControl
import Logging
import SessionLink
package import SubuserStore

extension Administration {
    /// The most revocations that are asked for at once.
    package static let revocationLimit = 1000

    /// What the clients are told where nothing else was said.
    static let defaultReason = "Ended by the host's operator"

    /// Ends whatever sessions `target` means now; nothing is changed, who may come back does.
    package func revoke(
        _ target: RevocationTarget,
        reason: String?,
        by caller: Caller
    ) async throws(AdministrationError) -> RevocationJob {
        let jobs: [RevocationJob]
        do throws(AdministrationError) {
            jobs = try await revoke([RevocationRequest(target: target, reason: reason)], by: caller)
        } catch {
            // There is only one, so nobody asks which.
            throw error.alone
        }
        guard let job = jobs.first else { throw .noSuchRevocation }
        return job
    }

    /// Ends whatever sessions `requests` mean now, and answers each in its place.
    ///
    /// All are recorded, in one transaction, before anything is done, and their sessions end
    /// together. A request whose job was made before is answered as it was then. A uuid need not
    /// be known: it may belong to somebody who was deleted a moment ago. A name must be.
    ///
    /// - Throws: `inBatch` when something is wrong about one of them; then nothing is done.
    package func revoke(
        _ requests: [RevocationRequest],
        by caller: Caller
    ) async throws(AdministrationError) -> [RevocationJob] {
        let new = try await jobs(for: requests, by: caller)
        return try await completing { () async throws(AdministrationError) in
            Completed(try await begin(new, by: caller))
        }.value
    }

    /// Ends what an earlier gate had begun to end and was not alive to finish.
    ///
    /// To be called before the first client is let in. No session outlives its gate, so what it
    /// finds is nothing; that is what the record says then, and that it was resumed.
    package func resumeRevocations() async throws(AdministrationError) {
        let unfinished = try await asking { store throws(StoreError) in
            try await store.unfinishedRevocations()
        }
        guard !unfinished.isEmpty else { return }
        logger.notice(
            "finishing revocations that an earlier gate had begun",
            metadata: ["jobs": "\(unfinished.count)"]
        )
        _ = await perform(unfinished, isResumed: true, nil)
    }

    /// One revocation.
    ///
    /// - Throws: `noSuchRevocation`.
    package func revocation(
        _ id: RevocationJobID
    ) async throws(AdministrationError) -> RevocationJob {
        RevocationJob(try await record(of: id))
    }

    /// The newest revocations, or the newest with a number lower than `number`.
    package func revocations(
        before number: Int64?,
        limit: Int
    ) async throws(AdministrationError) -> RevocationJobPage {
        let page = try await asking { store throws(StoreError) in
            try await store.revocations(before: number, limit: limit)
        }
        return RevocationJobPage(jobs: page.records.map { RevocationJob($0) }, next: page.next)
    }

    // MARK: The order of events

    /// Records, acts, records what came of it, and answers.
    private func begin(
        _ jobs: [NewRevocation],
        by caller: Caller
    ) async throws(AdministrationError) -> [RevocationJob] {
        let ids = Set(jobs.map(\.id))
        running.enter(ids)
        let begun: [RevocationBeginning.Begun]
        do throws(AdministrationError) {
            begun = try await record(jobs)
        } catch {
            running.leave(ids)
            // Whoever must go has to go, also while the disk is full.
            guard case .store(let failure) = error else { throw error }
            return await endUnrecorded(jobs, failure, by: caller)
        }
        let new = begun.compactMap(\.new)
        let own = Set(new.map(\.job.id))
        // What others are at work on is for them to do, and must not seem to be done by this.
        running.leave(ids.subtracting(own))
        let done = await perform(new, isResumed: false, caller)
        running.leave(own)
        var answers: [RevocationJob] = []
        for one in begun {
            switch one {
            case .new(let record): answers.append(RevocationJob(done[record.job.id] ?? record))
            case .known(let record):
                answers.append(RevocationJob(try await settled(record, caller), isRepeated: true))
            }
        }
        return answers
    }

    /// Ends sessions though nobody will know by the job that they were ended.
    private func endUnrecorded(
        _ jobs: [NewRevocation],
        _ failure: StoreError,
        by caller: Caller
    ) async -> [RevocationJob] {
        logger.error(
            "revocations cannot be recorded, and are done all the same",
            metadata: ["error": "\(failure)", "jobs": "\(jobs.count)"]
        )
        let records = jobs.map { RevocationRecord(number: 0, job: $0) }
        let ends = await act(records, isResumed: false)
        let done = await conclude(records, ends, caller)
        return records.map { RevocationJob(done[$0.job.id] ?? $0, isRecorded: false) }
    }

    private func record(
        _ jobs: [NewRevocation]
    ) async throws(AdministrationError) -> [RevocationBeginning.Begun] {
        let beginning = try await asking { store throws(StoreError) in
            try await store.beginRevocations(jobs)
        }
        switch beginning {
        case .begun(let begun): return begun
        case .reused(let index): throw .inBatch(index: index, .jobReused)
        }
    }

    /// Does what is recorded, all of it together, and records what came of it.
    private func perform(
        _ records: [RevocationRecord],
        isResumed: Bool,
        _ caller: Caller?
    ) async -> [RevocationJobID: RevocationRecord] {
        let ends = await act(records, isResumed: isResumed)
        guard !ends.isEmpty else { return [:] }
        do throws(StoreError) {
            try await store.endRevocations(ends)
        } catch {
            // The sessions are gone, and whoever asked is told so. It will be done again.
            logger.error(
                "what came of revocations cannot be recorded yet",
                metadata: ["error": "\(error)", "jobs": "\(ends.count)"]
            )
        }
        return await conclude(records, ends, caller)
    }

    /// Ends the sessions that are meant.
    private func act(
        _ records: [RevocationRecord],
        isResumed: Bool
    ) async -> [RevocationJobID: RevocationRecord.End] {
        let orders = records.compactMap(\.order)
        guard !orders.isEmpty else { return [:] }
        let outcomes = await live.revoke(orders)
        var ends: [RevocationJobID: RevocationRecord.End] = [:]
        for (order, outcome) in zip(orders, outcomes) {
            guard let job = order.job else { continue }
            ends[job] = RevocationRecord.End(
                time: .now,
                isResumed: isResumed,
                outcome: outcome.record
            )
        }
        return ends
    }

    /// Leaves the entries in the activity, and answers the records with their ends.
    private func conclude(
        _ records: [RevocationRecord],
        _ ends: [RevocationJobID: RevocationRecord.End],
        _ caller: Caller?
    ) async -> [RevocationJobID: RevocationRecord] {
        var ended: [RevocationJobID: RevocationRecord] = [:]
        var entries: [ActivityEntry] = []
        for record in records {
            guard let end = ends[record.job.id] else { continue }
            var record = record
            record.end = end
            ended[record.job.id] = record
            entries.append(.revocation(record))
        }
        await keep(entries, by: caller)
        return ended
    }

    /// What came of a revocation that was recorded before; waits while somebody is at work on it.
    private func settled(
        _ record: RevocationRecord,
        _ caller: Caller
    ) async throws(AdministrationError) -> RevocationRecord {
        guard record.end == nil else { return record }
        let id = record.job.id
        await running.wait(for: id)
        let now = try await self.record(of: id)
        guard now.end == nil else { return now }
        // Whoever was at work could not record what came of it.
        running.enter([id])
        let done = await perform([now], isResumed: true, caller)
        running.leave([id])
        return done[id] ?? now
    }

    private func record(
        of id: RevocationJobID
    ) async throws(AdministrationError) -> RevocationRecord {
        let records = try await asking { store throws(StoreError) in
            try await store.revocations([id])
        }
        guard let record = records[id] else { throw .noSuchRevocation }
        return record
    }

    // MARK: What is kept of it

    /// Logs revocations and keeps them in the activity log, together.
    private func keep(_ entries: [ActivityEntry], by caller: Caller?) async {
        for var entry in entries {
            entry.ip = caller?.clientAddress.map { "\($0)" }
            log(entry, by: caller)
            activity.add(entry)
        }
        await activity.flush()
    }
}
