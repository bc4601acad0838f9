import LinuxSystem
import Logging
import SessionLink
import SubuserStore

extension Gate: LiveSessions {
    package func sessions() async -> [SessionSummary] {
        registry.all
    }

    package func revoke(
        _ selector: RevocationSelector,
        reason: String
    ) async -> RevocationOutcome {
        // From here to the end of `end`'s first step nothing else runs on the gate: a sign-in is
        // either registered already, and then it is found, or it is decided later, and then it
        // reads the store as it is now.
        await end(registry.matching(selector), toldAs: reason)
    }

    /// Ends sessions because of a revocation, and logs what came of it.
    func end(_ found: [SessionID], toldAs reason: String) async -> RevocationOutcome {
        let outcome = await end(found, reason: reason, graceMilliseconds: options.goodbyeGrace)
        if !found.isEmpty {
            logger.notice(
                "sessions revoked",
                metadata: [
                    "reason": "\(reason)", "found": "\(outcome.found)",
                    "goodbye": "\(outcome.endedByGoodbye)", "killed": "\(outcome.endedByKill)",
                    "pending": "\(outcome.pending.count)",
                    "milliseconds": "\(outcome.milliseconds)",
                ]
            )
        }
        return outcome
    }

    /// Milliseconds after the kill until the answer tells the truth about what is still there.
    private static let killPatience: Int64 = 2000

    /// Says goodbye, kills what stays, and answers when the kernel has ended them all.
    func end(
        _ found: [SessionID],
        reason: String,
        graceMilliseconds: Int64
    ) async -> RevocationOutcome {
        let ending = found.compactMap { sessions[$0] }
        guard !ending.isEmpty else { return RevocationOutcome() }
        return await withCheckedContinuation { waiting in
            let group = EndingGroup(found, waiting: waiting)
            for process in ending {
                process.endings.append(group)
                dismiss(process, reason: reason)
            }
            loop.after(milliseconds: graceMilliseconds) { [weak self] in
                self?.assumeIsolated { $0.kill(found) }
            }
            lastEnding &+= 1
            let number = lastEnding
            endings[number] = group
            loop.after(milliseconds: graceMilliseconds + Self.killPatience) { [weak self] in
                self?.assumeIsolated { $0.answerTruthfully(number, found) }
            }
        }
    }

    private func dismiss(_ process: SessionProcess, reason: String) {
        change(process) { $0.phase = .ending }
        // A client that no process has taken yet simply finds its socket closed.
        process.dropClient()
        guard process.dismissal == nil else { return }
        process.dismissal = SessionProcess.Dismissal(reason: reason)
        // A process that is still preparing has no client to say goodbye to.
        if process.stage == .preparing || !process.send(.goodbye(reason: reason)) {
            process.dismissal?.isKilled = true
            process.kill()
        }
    }

    private func kill(_ found: [SessionID]) {
        for process in found.compactMap({ sessions[$0] }) {
            process.dismissal?.isKilled = true
            process.kill()
        }
    }

    /// A process that even a kill has not ended sits in the kernel; the gate keeps watching it.
    private func answerTruthfully(_ number: UInt64, _ found: [SessionID]) {
        for process in found.compactMap({ sessions[$0] }) {
            logger.error("session process cannot be ended yet", metadata: metadata(of: process))
        }
        endings.removeValue(forKey: number)?.answer()
    }

    /// Logs and records how a session ended.
    func report(_ process: SessionProcess, id: SessionID, end: ChildProcess.End) {
        let summary = registry[id]
        let reason = process.endReason(end)
        var metadata = metadata(of: process)
        metadata["reason"] = "\(reason.name)"
        if let detail = reason.detail {
            metadata["detail"] = "\(detail)"
        }
        if let name = process.claimedName, process.identity == nil {
            metadata["name"] = "\(name)"
        }
        if let counters = summary?.counters {
            metadata["received"] = "\(counters.bytesReceived)"
            metadata["sent"] = "\(counters.bytesSent)"
            metadata["requests"] = "\(counters.requests)"
        }
        logger.log(level: reason.level, reason.message, metadata: metadata)
        guard let identity = process.identity, let summary else { return }
        activity.add(.logout(identity, summary, process.transfers, reason: reason.name))
    }
}

/// Why a session ended, as the log tells it.
private struct EndReason {
    let name: String
    let detail: String?
    let message: Logger.Message
    let level: Logger.Level
}

extension SessionProcess {
    /// Puts together what the gate decided, what the session said and what the kernel reports.
    fileprivate func endReason(_ end: ChildProcess.End) -> EndReason {
        if let dismissal {
            return EndReason(
                name: dismissal.isKilled ? "killed" : "goodbye",
                detail: dismissal.reason,
                message: "session ended",
                level: .info
            )
        }
        switch (farewell, end) {
        case (let farewell?, .exited):
            let level: Logger.Level =
                switch farewell.end {
                case .internalFault, .notConfined: .error
                case .protocolViolation, .unauthenticatedBudgetExceeded, .stalled,
                    .tooManyAttempts:
                    .notice
                case .clientLeft, .goodbye, .signInGraceExceeded, .accessRefused: .info
                }
            return EndReason(
                name: "\(farewell.end)",
                detail: farewell.detail.isEmpty ? nil : farewell.detail,
                message: "session ended",
                level: level
            )
        case (_, .killed(let signal)):
            return EndReason(
                name: "crash",
                detail: "signal \(signal)",
                message: "session crashed",
                level: .error
            )
        case (nil, .exited) where stage == .ended:
            return EndReason(
                name: "unusable",
                detail: nil,
                message: "session ended",
                level: .error
            )
        case (nil, .exited(let status)):
            return EndReason(
                name: "crash",
                detail: "exit status \(status)",
                message: "session crashed",
                level: .error
            )
        }
    }
}
