import LinuxSystem
import Logging
import SessionLink
import SubuserStore

extension Gate: LiveSessions {
    package func revoke(_ orders: [RevocationOrder]) async -> [RevocationOutcome] {
        // From here to the end of `end`'s first step nothing else runs on the gate: a sign-in is
        // either registered already, and then it is found, or it is decided later, and then it
        // reads the store as it is now.
        await end(Array(zip(orders, registry.matching(orders.map(\.selector)))))
    }

    /// Ends the sessions found for each order, and logs what came of it.
    func end(
        _ orders: [(order: RevocationOrder, found: [SessionID])]
    ) async -> [RevocationOutcome] {
        let outcomes = await end(
            orders.map { order, found in
                Ending(sessions: found, reason: order.reason, job: order.job)
            },
            graceMilliseconds: options.goodbyeGrace
        )
        for ((order, _), outcome) in zip(orders, outcomes) where outcome.found > 0 {
            var metadata: Logger.Metadata = [
                "reason": "\(order.reason)", "found": "\(outcome.found)",
                "goodbye": "\(outcome.endedByGoodbye)", "killed": "\(outcome.endedByKill)",
                "pending": "\(outcome.pending.count)", "cut": "\(outcome.requestsCut)",
                "milliseconds": "\(outcome.milliseconds)",
            ]
            metadata["job"] = order.job.map { "\($0)" }
            logger.notice("sessions revoked", metadata: metadata)
        }
        return outcomes
    }

    /// Sessions that are to end, and why.
    struct Ending {
        var sessions: [SessionID]
        let reason: String
        var job: RevocationJobID?
    }

    /// Milliseconds after the kill until the answer tells the truth about what is still there.
    private static let killPatience: Int64 = 2000

    /// Says goodbye, kills what stays, and answers when the kernel has ended them all.
    func end(
        _ found: [SessionID],
        reason: String,
        graceMilliseconds: Int64
    ) async -> RevocationOutcome {
        let ending = Ending(sessions: found, reason: reason)
        let outcomes = await end([ending], graceMilliseconds: graceMilliseconds)
        return outcomes.first ?? RevocationOutcome()
    }

    /// The same for several at once, which share one grace; answers each by itself.
    func end(_ endings: [Ending], graceMilliseconds: Int64) async -> [RevocationOutcome] {
        var endings = endings
        for index in endings.indices {
            endings[index].sessions.removeAll { sessions[$0] == nil }
        }
        let found = Set(endings.flatMap(\.sessions))
        guard !found.isEmpty else { return endings.map { _ in RevocationOutcome() } }
        return await withCheckedContinuation { waiting in
            let group = EndingGroup(endings.map(\.sessions)) { waiting.resume(returning: $0) }
            for id in found { sessions[id]?.endings.append(group) }
            for ending in endings {
                for process in ending.sessions.compactMap({ sessions[$0] }) {
                    dismiss(process, reason: ending.reason, job: ending.job)
                }
            }
            loop.after(milliseconds: graceMilliseconds) { [weak self] in
                self?.assumeIsolated { $0.kill(found) }
            }
            lastEnding &+= 1
            let number = lastEnding
            self.endings[number] = group
            loop.after(milliseconds: graceMilliseconds + Self.killPatience) { [weak self] in
                self?.assumeIsolated { $0.answerTruthfully(number, found) }
            }
        }
    }

    private func dismiss(_ process: SessionProcess, reason: String, job: RevocationJobID?) {
        change(process) { $0.phase = .ending }
        // A client that no process has taken yet simply finds its socket closed.
        process.dropClient()
        guard process.dismissal == nil else { return }
        process.dismissal = SessionProcess.Dismissal(reason: reason, job: job)
        // A process that is still preparing has no client to say goodbye to.
        if process.stage == .preparing || !process.send(.goodbye(reason: reason)) {
            process.dismissal?.isKilled = true
            process.kill()
        }
    }

    private func kill(_ found: Set<SessionID>) {
        for process in found.compactMap({ sessions[$0] }) {
            process.dismissal?.isKilled = true
            process.kill()
        }
    }

    /// A process that even a kill has not ended sits in the kernel; the gate keeps at it.
    private func answerTruthfully(_ number: UInt64, _ found: Set<SessionID>) {
        // One that an earlier answer has called pending is looked after already.
        let left = found.filter { id in
            sessions[id].map { $0.dismissal?.pendingSince == nil } ?? false
        }
        for process in left.compactMap({ sessions[$0] }) {
            logger.error("session process cannot be ended yet", metadata: metadata(of: process))
            process.dismissal?.pendingSince = .now
            // When the kernel lets go of it, it must find nobody who believes what it says.
            stopListening(to: process)
            process.closeLink()
        }
        endings.removeValue(forKey: number)?.answer { id in
            guard let process = sessions[id] else { return EndedSession(id: id, manner: .pending) }
            return account(of: process, id, as: .pending)
        }
        keepKilling(left)
    }

    /// Kills again and again what the kernel has not ended.
    private func keepKilling(_ found: Set<SessionID>) {
        let left = found.filter { sessions[$0] != nil }
        guard !left.isEmpty else { return }
        loop.after(milliseconds: Self.killPatience) { [weak self] in
            self?.assumeIsolated { gate in
                gate.kill(left)
                gate.keepKilling(left)
            }
        }
    }

    /// What is known of a session that is ending.
    func account(
        of process: SessionProcess,
        _ id: SessionID,
        as manner: EndedSession.Manner
    ) -> EndedSession {
        EndedSession(
            id: id,
            userID: process.identity?.userID,
            userName: process.identity?.userName,
            serverID: process.identity?.serverID,
            serverShortID: process.identity?.serverShortID,
            manner: manner,
            counters: process.board.counters
        )
    }

    /// Logs and records how a session ended.
    func report(_ process: SessionProcess, id: SessionID, end: ChildProcess.End) {
        let summary = registry[id].map { shown($0, by: process) }
        let reason = process.endReason(end)
        var metadata = metadata(of: process)
        metadata["reason"] = "\(reason.name)"
        if let detail = reason.detail {
            metadata["detail"] = "\(detail)"
        }
        if let name = process.claimedNameText, process.identity == nil {
            metadata["name"] = "\(name)"
        }
        if let counters = summary?.counters {
            metadata["received"] = "\(counters.bytesReceived)"
            metadata["sent"] = "\(counters.bytesSent)"
            metadata["requests"] = "\(counters.requests)"
        }
        metadata["job"] = process.dismissal?.job.map { "\($0)" }
        let late = process.dismissal?.pendingSince.map { MonotonicTime.now.since($0) }
        metadata["late"] = late.map { "\($0)" }
        logger.log(
            // Somebody was told that it was still there.
            level: late == nil ? reason.level : max(reason.level, .notice),
            reason.message,
            metadata: metadata
        )
        guard let identity = process.identity, let summary else { return }
        activity.add(
            .logout(
                identity,
                summary,
                process.transfers,
                reason: reason.name,
                revocation: process.dismissal.flatMap { $0.isTold ? $0 : nil },
                late: late
            )
        )
    }
}
