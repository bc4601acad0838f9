import AccessControl
import LinuxSystem
import SessionLink
import WireFormat

/// Why the link cannot go on; without it there is no session.
enum LinkFailure: Error {
    /// The gate is gone.
    case closed
    /// The client is gone, and what was asked for it is of no use to anybody.
    case clientLeft
    /// The gate sent something that makes no sense.
    case malformed(WireError)
    case system(SystemError)
}

/// The session's end of the link to the gate.
final class GateLink {
    private let socket: PacketSocket
    /// The client's socket, once there is one.
    var client: Int32 = -1
    /// What the gate said when it wanted the session to end.
    private(set) var goodbye: String?
    /// What the person may do from now on, where the gate has said so after the grant.
    private var gainedRights: FileRights?

    /// Takes over the descriptor on which the gate placed the link.
    init(descriptor: consuming FileDescriptor) {
        socket = PacketSocket(owning: descriptor)
    }

    /// The number, to watch for readiness.
    var descriptorNumber: Int32 { socket.rawValue }

    /// A message and the descriptor that came with it.
    struct Delivery: ~Copyable {
        let message: GateMessage
        let descriptor: FileDescriptor?
    }

    /// Sends a message, waiting while the gate is busy.
    func send(_ message: SessionMessage) throws(LinkFailure) {
        do throws(SystemError) {
            try socket.send(message.encoded)
        } catch {
            throw error.code == .brokenPipe ? .closed : .system(error)
        }
    }

    /// Takes the rights that the gate gave since this was last asked.
    func takeGainedRights() -> FileRights? {
        defer { gainedRights = nil }
        return gainedRights
    }

    /// Waits for the next message that is not a goodbye; nil when a goodbye came instead.
    ///
    /// - Throws: `clientLeft` where the client does not wait for it any more.
    func receive() throws(LinkFailure) -> Delivery? {
        guard goodbye == nil else { return nil }
        let ready: (first: Readiness, second: Readiness)
        do throws(SystemError) {
            ready = try Readiness.wait(
                for: (socket.rawValue, .readable),
                (client, .peerEnded),
                milliseconds: -1
            )
        } catch {
            throw .system(error)
        }
        guard !ready.first.isEmpty else { throw .clientLeft }
        guard let delivery = try next(isWaiting: true) else { return nil }
        return delivery
    }

    /// Takes a goodbye or new rights that are waiting; anything else now is a fault.
    func checkForNews() throws(LinkFailure) {
        while goodbye == nil, let delivery = try next(isWaiting: false) {
            guard case .rights(let rights) = delivery.message else {
                throw .malformed(.invalid(field: "kind"))
            }
            gainedRights = rights
        }
    }

    private func next(isWaiting: Bool) throws(LinkFailure) -> Delivery? {
        let arrival: PacketSocket.Arrival
        do throws(SystemError) {
            arrival = try socket.receive(limit: LinkLimits.messageLength, isWaiting: isWaiting)
        } catch {
            throw .system(error)
        }
        switch consume arrival {
        case .ended: throw .closed
        case .nothing: return nil
        case .packet(let bytes, let descriptor):
            let message: GateMessage
            do throws(WireError) {
                message = try GateMessage(decoding: bytes)
            } catch {
                throw .malformed(error)
            }
            if case .goodbye(let reason) = message {
                goodbye = reason
                return nil
            }
            return Delivery(message: message, descriptor: descriptor)
        }
    }
}
