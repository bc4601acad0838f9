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
    let connection: SSHConnection
    let link: GateLink
    let preparation: SessionPreparation
    var attempts: UInt32 = 0
    var clientVersion = ByteString([])
    var grant: Grant?
    var root: RootDirectory?
    let creations = OwnCreations()
    private(set) var isLockedIn = false
    /// What the kernel lacks to confine this process.
    private var gaps: ConfinementGaps
    var channels: [SFTPChannel] = []
    let meter: SessionMeter
    var linkFailure: LinkFailure?
    /// Runs from the sign-in on.
    var clock: SessionClock?

    /// Milliseconds between two looks at a client that does not read.
    static let stallInterval: Int32 = 1000

    init(
        connection: SSHConnection,
        link: GateLink,
        preparation: SessionPreparation,
        gaps: ConfinementGaps,
        board: SessionBoard
    ) {
        self.connection = connection
        self.link = link
        self.preparation = preparation
        self.gaps = gaps
        meter = SessionMeter(board)
        connection.delegate = self
        link.client = connection.socketNumber
    }

    /// Serves until the client leaves, breaks a rule, or the gate says goodbye.
    func run() throws(LinkFailure) {
        var isBusy = false
        while true {
            if isFull {
                connection.watch(milliseconds: 0)
            } else {
                connection.step(milliseconds: isBusy || link.goodbye != nil ? 0 : wait())
            }
            if case .clientLeft? = linkFailure { return try end(SSHEnding.clientLeft) }
            if let linkFailure { throw linkFailure }
            if connection.isLinkReady { try link.checkForNews() }
            if let text = link.goodbye {
                return try end(.goodbye, detail: text, saying: text)
            }
            if let ending = connection.ending { return try end(ending) }
            if connection.isSignedIn, !isLockedIn, try lockIn() == false { return }
            if let rights = link.takeGainedRights() { gain(rights) }
            isBusy = isLockedIn ? try serveChannels() : false
            if connection.ending == nil, let ending = stalledOrFlooding() {
                return try end(ending)
            }
            if let excess = exceededTime() { return try end(excess) }
            showTraffic()
        }
    }

    /// Shows what has gone over the wire so far.
    func showTraffic() {
        let traffic = connection.traffic
        meter.moved(received: traffic.received, sent: traffic.sent)
    }

    /// The second layer: from here on only the one server's root is reachable.
    private func lockIn() throws(LinkFailure) -> Bool {
        guard let root else { throw .malformed(.invalid(field: "grant")) }
        do throws(SystemError) {
            if try root.confineProcess() == false { gaps.insert(.landlock) }
        } catch {
            try end(.notConfined, detail: "\(error)", saying: "This host cannot serve files safely")
            return false
        }
        isLockedIn = true
        clock = SessionClock(limits: SessionClock.Limits(preparation.limits), start: .now)
        try link.send(.serving(lacking: gaps))
        return true
    }

    /// Takes over rights that were gained; requests before this were decided with the earlier ones.
    private func gain(_ rights: FileRights) {
        grant?.rights = rights
        for channel in channels { channel.gain(rights) }
    }

    private func serveChannels() throws(LinkFailure) -> Bool {
        var isBusy = false
        for channel in channels where !isDismissed() {
            switch channel.serve(over: connection) {
            case .waiting: break
            case .busy: isBusy = true
            case .finished: close(channel, exitStatus: 0)
            case .left:
                channel.drain(until: SFTPChannel.drainDeadline, unless: isDismissed)
                close(channel, exitStatus: 0)
            case .violated(let detail):
                try link.send(.violation(detail: detail))
                close(channel, exitStatus: 1)
            }
            for activity in channel.takeActivities() { try link.send(.activity(activity)) }
        }
        channels.removeAll(where: \.isFinished)
        return isBusy
    }

    private func close(_ channel: SFTPChannel, exitStatus: Int32) {
        channel.finish(exitStatus: exitStatus)
        connection.forget(channel.channel)
    }

    /// Whether so much waits behind a request that takes long that no more is read for now.
    var isFull: Bool {
        channels.contains(where: \.isBusy) && pendingInput > SFTPChannel.inputLimit / 2
    }

    private var pendingInput: Int { channels.reduce(0) { $0 + $1.pendingInput } }

    /// Whether the gate wants the session to end, or is gone; asked where work takes time.
    func isDismissed() -> Bool {
        do throws(LinkFailure) {
            try link.checkForNews()
        } catch {
            linkFailure = error
        }
        return linkFailure != nil || link.goodbye != nil
    }

    private func stalledOrFlooding() -> SSHEnding? {
        if pendingInput > SFTPChannel.inputLimit {
            return .protocolError("the client sends requests without reading the replies")
        }
        for channel in channels {
            if let since = channel.blockedSince,
                MonotonicTime.now.since(since) > Int64(preparation.limits.stall)
            {
                return .stalled
            }
        }
        return nil
    }
}
