import AccessControl
import LinuxSystem
import SFTPProtocol
import SFTPServer
import SSHTransport
import WireFormat

/// SFTP on one channel: requests waiting, replies not sent yet.
final class SFTPChannel: SSHChannelSink {
    /// Input beyond one packet and a full window, on all channels of a session together, means that
    /// the client ignores our replies.
    static let inputLimit = (9 << 20) + (256 << 10)
    /// Replies are made until this many bytes wait; joined, they leave in one write.
    private static let outputTarget = 256 << 10

    let channel: SSHChannel
    private var server: SFTPServer
    private let meter: SessionMeter
    private var input = PacketBuffer()
    private var output = WireWriter()
    /// How much of `output` has been sent.
    private var sent = 0
    /// Since when replies wait that the client's window does not let out.
    private(set) var blockedSince: MonotonicTime?
    private(set) var isFinished = false

    /// What a round of serving came to.
    enum Progress {
        /// Nothing to do until the client sends or reads.
        case waiting
        /// There is more to do at once.
        case busy
        /// The client is done and has every reply.
        case finished
        /// The client closed the channel without waiting for its replies.
        case left
        /// The client broke the protocol.
        case violated(String)
    }

    /// The server tells the same meter what it does.
    init(channel: SSHChannel, server: consuming SFTPServer, meter: SessionMeter) {
        self.channel = channel
        self.server = server
        self.meter = meter
    }

    /// Whether a request that takes long is under way.
    var isBusy: Bool { server.isBusy }
    /// Whether a request waits for its reply, or a reply for the client to take it.
    var isAtWork: Bool { hasWork || sent < output.bytes.count }
    /// Bytes received and not answered yet.
    var pendingInput: Int { input.count }
    /// Requests received whole and not answered yet.
    private var unanswered: Int { input.packetCount &+ (server.isBusy ? 1 : 0) }

    /// Decides every further request with these rights.
    func gain(_ rights: FileRights) {
        server.policy = FilePolicy(rights: rights)
    }

    func receive(_ bytes: Span<UInt8>) {
        guard !isFinished else { return }
        let before = input.packetCount
        input.append(bytes)
        meter.arrived(input.packetCount &- before)
    }

    /// Answers what has arrived and sends what the client can take, one write at a time.
    func serve(over connection: SSHConnection) -> Progress {
        if channel.isClosedByClient { return .left }
        do throws(SFTPFailure) {
            try server.answer(
                &input,
                into: &output,
                outputLimit: sent &+ Self.outputTarget
            )
        } catch {
            _ = send(over: connection)
            return .violated("\(error)")
        }
        let moved = send(over: connection)
        let waiting = output.bytes.count &- sent
        if waiting == 0 {
            blockedSince = nil
            if hasWork { return .busy }
            return channel.hasClientEnded ? .finished : .waiting
        }
        if moved > 0 {
            blockedSince = nil
        } else {
            blockedSince = blockedSince ?? .now
        }
        return moved > 0 || hasWork && waiting < Self.outputTarget ? .busy : .waiting
    }

    /// Whether there is something to do without the client sending more.
    private var hasWork: Bool { server.isBusy || input.hasCompletePacket }

    /// What the client did since the last call.
    func takeActivities() -> [FileActivity] {
        server.takeActivities()
    }

    /// Closes every handle; no request is answered any more, and those that wait stay shown as cut.
    func stop() {
        guard !isFinished else { return }
        isFinished = true
        server.closeAll()
        input = PacketBuffer()
        output = WireWriter()
        sent = 0
    }

    /// Does what the client asked for before it left; the replies have nobody to go to.
    ///
    /// A client may send its last writes and close without waiting to be answered.
    func drain(until deadline: MonotonicTime, unless isCalledOff: () -> Bool) {
        while hasWork, MonotonicTime.now < deadline, !isCalledOff() {
            output.bytes.removeAll(keepingCapacity: true)
            sent = 0
            do throws(SFTPFailure) {
                try server.answer(&input, into: &output, outputLimit: Self.outputTarget)
            } catch {
                return
            }
        }
    }

    /// When a client that leaves now has had enough done for it.
    static var drainDeadline: MonotonicTime { .now.advanced(by: 1000) }

    /// Stops, and ends the channel as a finished program would.
    func finish(exitStatus: Int32) {
        guard !isFinished else { return }
        meter.giveUp(unanswered)
        stop()
        if !channel.isClosedByClient { channel.finish(exitStatus: exitStatus) }
    }

    private func send(over connection: SSHConnection) -> Int {
        guard sent < output.bytes.count, !connection.isWritePending, channel.window > 0 else {
            return 0
        }
        let end = min(output.bytes.count, sent &+ Self.outputTarget)
        let written = channel.write(output.bytes[sent..<end])
        sent &+= written
        if sent == output.bytes.count {
            output.bytes.removeAll(keepingCapacity: true)
            sent = 0
        } else if sent >= Self.outputTarget {
            output.bytes.removeFirst(sent)
            sent = 0
        }
        return written
    }
}
