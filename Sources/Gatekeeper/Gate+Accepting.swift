import Admission
import LinuxSystem
import Logging
import SessionLink

/// A listener that can be kept in a list.
final class ListeningSocket {
    let listener: StreamListener

    init(_ address: SocketAddress) throws(GateFailure) {
        do throws(SystemError) {
            listener = try StreamListener(on: address)
        } catch {
            throw .cannotListen(address, error)
        }
    }
}

extension Gate {
    /// How many clients are taken before others get their turn.
    private static let acceptBatch = 32
    /// Milliseconds beyond the sign-in grace until a session that has not ended is killed.
    private static let signInMargin: Int64 = 5000
    /// Milliseconds to wait when the system is out of descriptors.
    private static let acceptPause: Int64 = 100
    /// Milliseconds for which refusals are told together.
    private static let refusalInterval: Int64 = 10_000

    /// Watches a listener.
    func beginAccepting(on socket: ListeningSocket) throws(GateFailure) {
        let number = socket.listener.rawValue
        do throws(SystemError) {
            try loop.watch(number) { [weak self] in
                self?.assumeIsolated { $0.acceptClients(number) }
            }
        } catch {
            throw .system(error)
        }
    }

    /// Closes every listener: clients that come now are refused by the kernel.
    func stopAccepting() {
        for socket in listeners { loop.forget(socket.listener.rawValue) }
        listeners = []
    }

    private func acceptClients(_ number: Int32) {
        guard let socket = listeners.first(where: { $0.listener.rawValue == number }) else {
            return
        }
        for _ in 0..<Self.acceptBatch {
            do throws(SystemError) {
                guard let client = try socket.listener.accept() else { return }
                let peer = client.address
                admit(client.takeSocket(), from: peer)
            } catch {
                logger.error("clients cannot be accepted", metadata: ["error": "\(error)"])
                pause(socket)
                return
            }
        }
    }

    /// Without free descriptors the listener stays readable; waiting is all there is to do.
    private func pause(_ socket: ListeningSocket) {
        loop.forget(socket.listener.rawValue)
        loop.after(milliseconds: Self.acceptPause) { [weak self] in
            self?.assumeIsolated { gate in
                for socket in gate.listeners { try? gate.beginAccepting(on: socket) }
            }
        }
    }

    /// Finds out where a client really comes from, and goes on with that.
    private func admit(_ client: consuming FileDescriptor, from peer: SocketAddress) {
        switch front.expectation(of: IPAddress(peer)) {
        case .direct: begin(client, from: peer)
        case .headerOptional: awaitHeader(client, from: peer, isRequired: false)
        case .headerRequired: awaitHeader(client, from: peer, isRequired: true)
        case .refused: refuse(peer, .notThroughProxy)
        }
    }

    /// Logs that a connection was closed because it may not come, once for a while.
    func refuse(_ peer: SocketAddress, _ refusal: AdmissionRefusal, detail: String? = nil) {
        if refusals.isEmpty {
            loop.after(milliseconds: Self.refusalInterval) { [weak self] in
                self?.assumeIsolated { $0.tellRepetitions() }
            }
        }
        let isFirst = refusals.note(IPAddress(peer), refusal)
        logger.log(
            level: isFirst ? .notice : .debug,
            "connection refused",
            metadata: [
                "peer": "\(peer)", "reason": "\(refusal.name)",
                "detail": "\(detail ?? refusal.description)",
            ]
        )
    }

    /// Logs how often those were refused again whose first refusal was logged.
    private func tellRepetitions() {
        for repeated in refusals.end() {
            var metadata: Logger.Metadata = [
                "count": "\(repeated.count)", "seconds": "\(Self.refusalInterval / 1000)",
            ]
            metadata["address"] = repeated.key.map { "\($0.address)" }
            metadata["reason"] = repeated.key.map { "\($0.reason)" }
            logger.notice("more connections refused", metadata: metadata)
        }
    }

    /// Gives a client to a process, or closes its socket when it may not come.
    func begin(_ client: consuming FileDescriptor, from peer: SocketAddress) {
        let id = SessionID.random()
        let address = IPAddress(peer)
        let now = MonotonicTime.now.milliseconds
        let refusal = front.admit(
            id,
            from: address,
            at: now,
            random: Double.random(in: 0..<1)
        )
        if let refusal { return refuse(peer, refusal) }
        let process: SessionProcess
        // Strangers, however fast they come, leave one of several for those who were here before.
        let reserved = options.warmProcesses > 1 ? 1 : 0
        if warm.count > reserved || front.isFamiliar(address, at: now),
            let prepared = warm.popLast()
        {
            process = prepared
        } else {
            do throws(GateFailure) {
                process = try startProcess()
            } catch {
                logger.error(
                    "connection refused",
                    metadata: ["peer": "\(peer)", "error": "\(error)"]
                )
                return front.end(id)
            }
        }
        process.id = id
        process.address = address
        sessions[id] = process
        registry.update(
            SessionSummary(
                id: id,
                phase: .connecting,
                peer: "\(peer)",
                rights: [],
                since: WallClock.secondsSince1970,
                processID: process.processID
            )
        )
        logger.debug("connection accepted", metadata: metadata(of: process))
        process.hold(client)
        expect(signInOf: process, within: options.preparation.limits.signInGrace)
        serveIfPrepared(process)
        keepPace()
        refill()
    }

    /// Ends the process unless somebody has signed in after so many milliseconds from now.
    func expect(signInOf process: SessionProcess, within grace: UInt32) {
        guard let id = process.id else { return }
        if let timer = process.signInTimer { loop.cancel(timer) }
        let patience = Int64(grace) + Self.signInMargin
        process.signInTimer = loop.after(milliseconds: patience) { [weak self] in
            self?.assumeIsolated { $0.endUnlessSignedIn(id) }
        }
    }

    /// The session ends a client that is late itself; this is for a session that does not.
    private func endUnlessSignedIn(_ id: SessionID) {
        guard let process = sessions[id], !process.stage.isSignedIn else { return }
        logger.error("session process overran the sign-in grace", metadata: metadata(of: process))
        process.kill()
    }

    /// Hands a held client over as soon as the process is prepared.
    func serveIfPrepared(_ process: SessionProcess) {
        guard process.stage == .warm, let id = process.id, let summary = registry[id] else {
            return
        }
        process.stage = .connecting
        if !process.handOver(peer: summary.peer) { process.kill() }
    }
}

extension IPAddress {
    /// The address that the kernel tells, without the port.
    fileprivate init(_ address: SocketAddress) {
        self = IPAddress(bytes: address.bytes) ?? .unspecified
    }
}
