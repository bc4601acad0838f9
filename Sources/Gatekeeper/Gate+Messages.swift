import AccessControl
import LinuxSystem
import Logging
import SessionLink
import SubuserStore
import WireFormat

extension Gate {
    /// Denials of one session that are logged and kept; whoever goes on is only making noise.
    private static let recordedDenials = 500
    /// Milliseconds between a session's last word and the end of its process.
    private static let departurePatience: Int64 = 1000

    /// How many messages of one session are taken before others get their turn.
    private static let messageBatch = 64

    /// A session said something, or closed its end.
    func linkReady(_ number: Int32) {
        guard let process = processes[number] else { return }
        for _ in 0..<Self.messageBatch where !takeMessage(of: process) { return }
    }

    /// The kernel says that a process is gone.
    func processEnded(_ number: Int32) {
        guard let process = processes[number] else { return }
        // What it said before it went still counts, above all what it did to files.
        while takeMessage(of: process) {}
        guard let end = process.reap() else { return }
        stopListening(to: process)
        loop.forget(process.processNumber)
        if let timer = process.signInTimer { loop.cancel(timer) }
        processes[number] = nil
        warm.removeAll { $0 === process }
        guard let id = process.id else {
            if !isStopping { reportUnassigned(process, end) }
            return
        }
        sessions[id] = nil
        process.passwordCheck?.cancel()
        process.dropClient()
        report(process, id: id, end: end)
        noteAbandoned(process)
        if let offence = process.offence(end) { note(offence, of: process) }
        let isKilled = process.dismissal?.isKilled ?? false
        let ended = account(of: process, id, as: isKilled ? .kill : .goodbye)
        registry.remove(id)
        front.end(id)
        for group in process.endings { group.ended(ended) }
        refill()
    }

    /// Takes one message; false when there is none.
    private func takeMessage(of process: SessionProcess) -> Bool {
        guard !process.isDistrusted else { return false }
        do throws(SystemError) {
            let arrival = try process.receive()
            switch consume arrival {
            case .nothing: return false
            case .ended:
                // A process ends by itself when its link is closed; one that does not is helped.
                stopListening(to: process)
                process.kill()
                return false
            case .packet(let bytes, _):
                handle(bytes, from: process)
                return true
            }
        } catch {
            misbehaved(process, "link: \(error)")
            return false
        }
    }

    private func handle(_ bytes: [UInt8], from process: SessionProcess) {
        let message: SessionMessage
        do throws(WireError) {
            message = try SessionMessage(decoding: bytes)
        } catch {
            return misbehaved(process, "\(error)")
        }
        guard let next = process.stage.after(SessionStage.Event(message)) else {
            return misbehaved(process, "a message that does not belong to its stage")
        }
        process.stage = next
        switch message {
        case .ready: prepared(process)
        case .unusable(let reason, let hostKey):
            unusable(process, reason: reason, hostKey: hostKey)
        case .handshake(let report): handshakeDone(process, report)
        case .attempt(let attempt): decide(attempt, of: process)
        case .serving(let gaps): serving(process, lacking: gaps)
        case .activity(let activity): record(activity, of: process)
        case .violation(let detail):
            var metadata = metadata(of: process)
            metadata["reason"] = "\(detail)"
            logger.warning("sftp channel closed", metadata: metadata)
        case .farewell(let end, let detail):
            process.farewell = SessionProcess.Farewell(end: end, detail: detail)
            if let id = process.id {
                loop.after(milliseconds: Self.departurePatience) { [weak self] in
                    self?.assumeIsolated { $0.sessions[id]?.kill() }
                }
            }
        }
    }

    private func prepared(_ process: SessionProcess) {
        finishStart(nil)
        if process.id != nil {
            serveIfPrepared(process)
        } else if process.preparationNumber == preparationNumber {
            warm.append(process)
        } else {
            discard(process)
        }
    }

    private func unusable(_ process: SessionProcess, reason: String, hostKey: UInt32?) {
        var failure = GateFailure.sessionUnusable(reason: reason)
        if let hostKey, hostKeyPaths.indices.contains(Int(hostKey)) {
            failure = .unreadableHostKey(path: hostKeyPaths[Int(hostKey)])
        }
        logger.error("session process unusable", metadata: ["error": "\(failure)"])
        fallBack()
        delayRefill()
        finishStart(failure)
    }

    private func handshakeDone(_ process: SessionProcess, _ report: HandshakeReport) {
        process.hasHandshake = true
        change(process) { summary in
            summary.client = "\(report.clientVersion)"
            if summary.phase == .connecting { summary.phase = .authenticating }
        }
        var metadata = metadata(of: process)
        metadata["client"] = "\(report.clientVersion.unescapedText)"
        metadata["kex"] = "\(report.keyExchange)"
        metadata["cipher"] = "\(report.cipherOut)"
        logger.debug("key exchange done", metadata: metadata)
    }

    private func serving(_ process: SessionProcess, lacking gaps: ConfinementGaps) {
        process.notePace()
        guard !gaps.isEmpty else { return }
        var metadata = metadata(of: process)
        metadata["missing"] = "\(gaps)"
        logger.warning("session is not fully confined by the kernel", metadata: metadata)
    }

    private func record(_ activity: FileActivity, of process: SessionProcess) {
        guard let identity = process.identity, let id = process.id else { return }
        process.transfers.count(activity)
        if case .denied(let right) = activity.outcome {
            process.denials += 1
            guard process.denials <= Self.recordedDenials else {
                if process.denials == Self.recordedDenials + 1 {
                    logger.notice(
                        "further denials are not recorded",
                        metadata: metadata(of: process)
                    )
                }
                return
            }
            var metadata = metadata(of: process)
            metadata["operation"] = "\(activity.operation.name)"
            metadata["path"] = "\(activity.path.unescapedText)"
            metadata["missing"] = "\(right.rawValue)"
            logger.notice("denied", metadata: metadata)
        }
        guard let summary = registry[id],
            let entry = ActivityEntry.file(
                activity,
                identity,
                summary,
                recordsReads: options.recordsReads
            )
        else { return }
        self.activity.add(entry)
    }

    /// A process that breaks the link's rules is not what it was: it is ended at once.
    func misbehaved(_ process: SessionProcess, _ reason: String) {
        var metadata = metadata(of: process)
        metadata["reason"] = "\(reason)"
        logger.error("session process misbehaved and is ended", metadata: metadata)
        stopListening(to: process)
        process.isDistrusted = true
        process.stage = .ended
        // A revocation that had begun to end it stays the reason.
        var dismissal =
            process.dismissal
            ?? SessionProcess.Dismissal(reason: "misbehaved", fault: .misbehaving)
        dismissal.isKilled = true
        process.dismissal = dismissal
        process.kill()
    }

    /// Takes no more messages as they come; what is waiting can still be read.
    func stopListening(to process: SessionProcess) {
        if let number = process.linkNumber { loop.forget(number) }
    }

    func change(_ process: SessionProcess, _ body: (inout SessionSummary) -> Void) {
        guard let id = process.id else { return }
        registry.change(id, body)
    }

    private func reportUnassigned(_ process: SessionProcess, _ end: ChildProcess.End) {
        if process.stage != .ended {
            var metadata = metadata(of: process)
            metadata["end"] = "\(end)"
            logger.error("a waiting session process ended", metadata: metadata)
            finishStart(
                .sessionUnusable(reason: "the process ended before it was ready: \(end)")
            )
        }
        delayRefill()
    }
}
