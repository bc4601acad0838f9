import AccessControl
import LinuxSystem
import SessionLink
import SubuserStore
import WireFormat

/// What the log keeps of a session's life; the events' names are those of the panels.
extension ActivityEntry {
    /// Somebody signed in.
    static func login(
        _ identity: SessionIdentity,
        _ session: SessionSummary,
        code: UsedCode?
    ) -> ActivityEntry {
        let proofs = identity.proofs
        var properties: [String: JSONValue] = ["method": .text(proofs.method)]
        if let fingerprint = proofs.keyFingerprint { properties["key"] = .text(fingerprint) }
        if let id = proofs.appPassword { properties["appPassword"] = .text("\(id)") }
        if case .recovery(let left)? = code {
            properties["recoveryCodesLeft"] = .number(Int64(left))
        }
        if let client = session.client { properties["client"] = .text(client) }
        return entry(.login, identity, session, properties)
    }

    /// Somebody known did not get in: with a wrong credential, or with a right one and no access.
    static func signInFailed(
        _ event: ActivityEvent,
        _ user: SignInCredentials,
        server: ServerID?,
        _ session: SessionSummary,
        method: String,
        reason: String
    ) -> ActivityEntry {
        ActivityEntry(
            event,
            userID: user.id,
            userName: "\(user.name)",
            serverID: server,
            session: "\(session.id)",
            ip: session.peerHost,
            properties: ["method": .text(method), "reason": .text(reason)]
        )
    }

    /// A session ended, for whatever reason.
    ///
    /// `revocation` is why the gate ended it, when the gate did; `late` the milliseconds from the
    /// answer that called it pending to its end.
    static func logout(
        _ identity: SessionIdentity,
        _ session: SessionSummary,
        _ transfers: TransferTally,
        reason: String,
        revocation: SessionProcess.Dismissal?,
        late: Int64?
    ) -> ActivityEntry {
        let seconds = max(0, WallClock.secondsSince1970 - session.since)
        var properties: [String: JSONValue] = [
            "reason": .text(reason),
            "seconds": .number(Int64(seconds)),
            "bytesRead": .number(Int64(clamping: session.counters.contentRead)),
            "bytesWritten": .number(Int64(clamping: session.counters.contentWritten)),
            "filesRead": .number(Int64(transfers.filesRead)),
            "filesWritten": .number(Int64(transfers.filesWritten)),
            "requests": .number(Int64(clamping: session.counters.requests)),
        ]
        if let revocation {
            properties["told"] = .text(revocation.reason)
            properties["requestsCut"] = .number(Int64(clamping: session.counters.unanswered))
            properties["job"] = revocation.job.map { .text("\($0)") }
            properties["late"] = late.map { .number($0) }
        }
        return entry(.logout, identity, session, properties)
    }

    /// A session had not ended when its gate did; of what it moved nothing is known for certain.
    static func lost(_ session: LostSession) -> ActivityEntry {
        ActivityEntry(
            .logout,
            userID: session.userID,
            userName: session.userName,
            serverID: session.serverID,
            session: session.session,
            ip: session.ip,
            properties: ["reason": "gateLost", "lastSeen": .text("\(session.lastSeen)")]
        )
    }

    /// Something was done to a file, or denied; nil for what is not kept.
    static func file(
        _ activity: FileActivity,
        _ identity: SessionIdentity,
        _ session: SessionSummary,
        recordsReads: Bool
    ) -> ActivityEntry? {
        var properties: [String: JSONValue] = [:]
        if let second = activity.secondPath {
            properties["from"] = .text(activity.path.recorded)
            properties["to"] = .text(second.recorded)
        } else {
            properties["files"] = .texts([activity.path.recorded])
        }
        switch activity.outcome {
        case .denied(let right):
            properties["operation"] = .text(activity.operation.name)
            properties["missing"] = .text(right.rawValue)
            return entry(.denied, identity, session, properties)
        case .done:
            guard let event = activity.operation.activityEvent,
                recordsReads || !activity.operation.isDownload
            else { return nil }
            if activity.operation.movesContent {
                properties["bytes"] = .number(Int64(clamping: activity.byteCount))
            }
            return entry(event, identity, session, properties)
        }
    }

    private static func entry(
        _ event: ActivityEvent,
        _ identity: SessionIdentity,
        _ session: SessionSummary,
        _ properties: [String: JSONValue]
    ) -> ActivityEntry {
        ActivityEntry(
            event,
            userID: identity.userID,
            userName: "\(identity.userName)",
            serverID: identity.serverID,
            session: "\(session.id)",
            ip: session.peerHost,
            properties: properties
        )
    }
}

extension ByteString {
    /// The path as it is kept: text, and no longer than a path can be when it is text.
    fileprivate var recorded: String { String(unescapedText.prefix(4096)) }
}

extension SessionSummary {
    /// The peer's address without its port.
    var peerHost: String {
        guard let colon = peer.lastIndex(of: ":") else { return peer }
        return peer[..<colon].trimmingBrackets()
    }
}

extension Substring {
    fileprivate func trimmingBrackets() -> String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : String(self)
    }
}
