import AccessControl
import LinuxSystem
import SFTPProtocol
import SFTPServer
import SSHTransport
import ServerFiles
import SessionLink
import WireFormat

/// One client from its first byte to its last: sign-in through the gate, then SFTP.
final class ClientSession {
    private let connection: SSHConnection
    private let link: GateLink
    private let preparation: SessionPreparation
    private var attempts: UInt32 = 0
    private var clientVersion = ByteString([])
    private var grant: Grant?
    private var root: RootDirectory?
    private var isLockedIn = false
    private var channels: [SFTPChannel] = []
    private var finishedChannels = SessionCounters()
    private var reported = SessionCounters()
    private var lastReport = MonotonicTime.now
    private var linkFailure: LinkFailure?

    /// Milliseconds between two reports of what has been moved.
    private static let reportInterval: Int64 = 1000
    /// Milliseconds to wait for anything at all when there is nothing to report.
    private static let idleWait: Int32 = 30_000

    init(connection: SSHConnection, link: GateLink, preparation: SessionPreparation) {
        self.connection = connection
        self.link = link
        self.preparation = preparation
        connection.delegate = self
    }

    /// Serves until the client leaves, breaks a rule, or the gate says goodbye.
    func run() throws(LinkFailure) {
        var isBusy = false
        while true {
            connection.step(milliseconds: isBusy ? 0 : wait())
            if let linkFailure { throw linkFailure }
            if connection.isLinkReady { try link.checkForGoodbye() }
            if let text = link.goodbye {
                return try end(.goodbye, detail: text, saying: text)
            }
            if let ending = connection.ending { return try end(ending) }
            if connection.isSignedIn, !isLockedIn, try lockIn() == false { return }
            isBusy = isLockedIn ? try serveChannels() : false
            if connection.ending == nil, let ending = stalledOrFlooding() {
                return try end(ending)
            }
            try report()
        }
    }

    /// The second layer: from here on only the one server's root is reachable.
    private func lockIn() throws(LinkFailure) -> Bool {
        guard let root else { throw .malformed(.invalid(field: "grant")) }
        let isConfined: Bool
        do throws(SystemError) {
            isConfined = try root.confineProcess()
        } catch {
            try end(.notConfined, detail: "\(error)", saying: "This host cannot serve files safely")
            return false
        }
        isLockedIn = true
        try link.send(.serving(isConfined: isConfined))
        return true
    }

    private func serveChannels() throws(LinkFailure) -> Bool {
        var isBusy = false
        for channel in channels {
            switch channel.serve(over: connection) {
            case .waiting: break
            case .busy: isBusy = true
            case .finished: close(channel)
            case .violated(let detail):
                try link.send(.violation(detail: detail))
                close(channel)
            }
            for activity in channel.takeActivities() { try link.send(.activity(activity)) }
        }
        channels.removeAll(where: \.isFinished)
        return isBusy
    }

    private func close(_ channel: SFTPChannel) {
        channel.finish()
        finishedChannels.add(channel)
        connection.forget(channel.channel)
    }

    private func stalledOrFlooding() -> SSHEnding? {
        for channel in channels {
            if channel.pendingInput > SFTPChannel.inputLimit {
                return .protocolError("the client sends requests without reading the replies")
            }
            if let since = channel.blockedSince,
                MonotonicTime.now.since(since) > Int64(preparation.limits.stall)
            {
                return .stalled
            }
        }
        return nil
    }

    private func wait() -> Int32 {
        let isUnchanged = counters() == reported
        let isBlocked = channels.contains { $0.blockedSince != nil }
        return isUnchanged && !isBlocked ? Self.idleWait : Int32(Self.reportInterval)
    }

    private func report() throws(LinkFailure) {
        let now = MonotonicTime.now
        guard now.since(lastReport) >= Self.reportInterval else { return }
        let counters = counters()
        guard counters != reported else { return }
        lastReport = now
        reported = counters
        try link.send(.progress(counters))
    }

    private func counters() -> SessionCounters {
        var counters = finishedChannels
        for channel in channels { counters.add(channel) }
        let traffic = connection.traffic
        counters.bytesReceived = traffic.received
        counters.bytesSent = traffic.sent
        return counters
    }

    /// Ends without another request being answered: handles closed, text sent, gate told.
    private func end(
        _ reason: SessionEnd,
        detail: String,
        saying text: String?
    ) throws(LinkFailure) {
        for channel in channels {
            // Not `finish`: a client whose channel ends well may leave before it reads the text.
            channel.stop()
            for activity in channel.takeActivities() { try link.send(.activity(activity)) }
        }
        let counters = counters()
        connection.end(saying: text)
        try link.send(.farewell(reason, detail: detail, counters))
    }

    private func end(_ ending: SSHEnding) throws(LinkFailure) {
        switch ending {
        case .clientLeft: try end(.clientLeft, detail: "", saying: nil)
        case .protocolError(let detail):
            try end(.protocolViolation, detail: ByteString.escaped(text: detail), saying: nil)
        case .budgetExceeded(.grace):
            try end(.signInGraceExceeded, detail: "", saying: "Nobody signed in in time")
        case .budgetExceeded(.attempts):
            try end(.tooManyAttempts, detail: "", saying: "Too many failed sign-in attempts")
        case .budgetExceeded(.traffic):
            try end(.unauthenticatedBudgetExceeded, detail: "", saying: "Too much data before a sign-in")
        case .budgetExceeded(.unanswerable):
            try end(
                .protocolViolation,
                detail: "sign-in requests that cannot be answered",
                saying: "The sign-in request cannot be verified"
            )
        case .refused(let reason): try end(.accessRefused, detail: reason, saying: reason)
        case .unknownService:
            try end(.protocolViolation, detail: "unknown service", saying: "No such service")
        case .stalled: try end(.stalled, detail: "", saying: nil)
        case .failed(let detail): try end(.internalFault, detail: detail, saying: nil)
        }
    }
}

extension ClientSession: SSHConnectionDelegate {
    func judge(userName: [UInt8], credential: Credential) -> Verdict {
        guard
            linkFailure == nil, link.goodbye == nil,
            userName.count <= LinkLimits.userNameLength,
            let proof = SignInProof(credential)
        else { return .denied }
        attempts &+= 1
        let attempt = SignInAttempt(
            number: attempts,
            userName: ByteString(userName),
            proof: proof
        )
        do throws(LinkFailure) {
            try link.send(.attempt(attempt))
            guard let delivery = try link.receive() else { return .denied }
            return try verdict(of: delivery)
        } catch {
            linkFailure = error
            return .denied
        }
    }

    private func verdict(
        of delivery: consuming GateLink.Delivery
    ) throws(LinkFailure) -> Verdict {
        guard case .answer(attempts, let answer) = delivery.message else {
            throw .malformed(.invalid(field: "answer"))
        }
        switch answer {
        case .denied: return .denied
        case .keyWouldDo: return .keyWouldDo
        case .refused(let reason): return .refused(reason: reason)
        case .granted(let grant):
            guard let descriptor = delivery.take() else {
                throw .malformed(.invalid(field: "root"))
            }
            self.grant = grant
            root = RootDirectory(owning: descriptor)
            return .granted
        }
    }

    func handshakeCompleted(_ handshake: Handshake) {
        clientVersion = ByteString(handshake.clientVersion)
        let report = HandshakeReport(
            clientVersion: clientVersion,
            keyExchange: handshake.keyExchange,
            cipherIn: handshake.cipherIn,
            cipherOut: handshake.cipherOut
        )
        do throws(LinkFailure) {
            try link.send(.handshake(report))
        } catch {
            linkFailure = error
        }
    }

    func sftpStarted(on channel: SSHChannel) -> (any SSHChannelSink)? {
        guard let grant, let server = makeServer(grant) else { return nil }
        let sink = SFTPChannel(channel: channel, server: server)
        channels.append(sink)
        return sink
    }

    /// A server of its own for each channel: handles of one mean nothing on another.
    private func makeServer(_ grant: Grant) -> SFTPServer? {
        guard let root, let copy = try? root.duplicate() else { return nil }
        return SFTPServer(
            root: ServerRoot(owning: copy),
            policy: FilePolicy(rights: grant.rights),
            options: SFTPServerOptions(
                handleLimit: Int(preparation.limits.handles),
                clientVersion: clientVersion
            )
        )
    }
}

extension SessionCounters {
    fileprivate mutating func add(_ channel: SFTPChannel) {
        contentRead &+= channel.contentRead
        contentWritten &+= channel.contentWritten
        requests &+= channel.requests
    }
}

extension SignInProof {
    /// The link's form of a credential; nil for a password longer than any real one.
    fileprivate init?(_ credential: Credential) {
        switch credential {
        case .password(let bytes):
            guard bytes.count <= LinkLimits.passwordLength else { return nil }
            self = .password(Secret(ByteString(bytes)))
        case .offered(let key): self = .offered(PublicKeyIdentity(key))
        case .proven(let key): self = .proven(PublicKeyIdentity(key))
        }
    }
}

extension PublicKeyIdentity {
    fileprivate init(_ key: ClientKey) {
        self.init(type: key.type, fingerprint: key.fingerprint)
    }
}
