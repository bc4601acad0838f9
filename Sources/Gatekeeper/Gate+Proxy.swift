import Admission
import LinuxSystem
import Logging
import SessionLink

/// A connection whose proxy has not said yet for whom it is.
final class WaitingConnection {
    /// The id of the session that it may become.
    let id = SessionID.random()
    let peer: SocketAddress
    /// Whether it ends where no header comes.
    let isRequired: Bool
    private var socket: FileDescriptor?
    /// How many bytes had arrived when this was last asked.
    private var seen = 0

    init(_ socket: consuming FileDescriptor, from peer: SocketAddress, isRequired: Bool) {
        self.socket = consume socket
        self.peer = peer
        self.isRequired = isRequired
    }

    /// What has arrived so far, without taking it; nil when nothing more will come.
    func peek() -> [UInt8]? {
        guard let number = socket?.rawValue,
            let bytes = ClientSocket.peek(number, limit: ProxyHeader.Limits.binaryLength),
            // Readable with nothing new is how the end shows behind what has not been taken.
            bytes.count > seen
        else { return nil }
        seen = bytes.count
        return bytes
    }

    /// Is readable from now on once so many bytes have arrived.
    func await(_ count: Int) {
        if let number = socket?.rawValue { ClientSocket.setLowWater(number, to: count) }
    }

    /// Takes so many bytes away and gives the socket to whoever goes on with it.
    func release(after count: Int) -> FileDescriptor? {
        guard let socket = socket.take() else { return nil }
        ClientSocket.skip(socket.rawValue, count: count)
        ClientSocket.setLowWater(socket.rawValue, to: 1)
        return socket
    }
}

extension Gate {
    /// Waits for the header that says where a connection really comes from.
    ///
    /// This is the one thing that the gate itself reads from a connection, and it reads it from
    /// trusted proxies alone.
    func awaitHeader(
        _ client: consuming FileDescriptor,
        from peer: SocketAddress,
        isRequired: Bool
    ) {
        guard waiting.count < options.admission.caps.unauthenticated.full else {
            let limit = options.admission.caps.unauthenticated.full
            return refuse(peer, .unauthenticatedConnections(limit: limit))
        }
        let number = client.rawValue
        let connection = WaitingConnection(client, from: peer, isRequired: isRequired)
        do throws(SystemError) {
            try loop.watch(number) { [weak self] in
                self?.assumeIsolated { $0.readHeader(number) }
            }
        } catch {
            logger.error(
                "connection refused",
                metadata: ["peer": "\(peer)", "error": "\(error)"]
            )
            return
        }
        waiting[number] = connection
        let id = connection.id
        loop.after(milliseconds: options.admission.proxyPatience) { [weak self] in
            self?.assumeIsolated { gate in
                // Another connection may have the number by now.
                guard let connection = gate.waiting[number], connection.id == id else { return }
                gate.goOn(number, withoutHeader: connection)
            }
        }
    }

    /// Drops every connection that waits.
    func forgetWaiting() {
        for number in waiting.keys { loop.forget(number) }
        waiting.removeAll()
    }

    private func readHeader(_ number: Int32) {
        guard let connection = waiting[number] else { return }
        guard let bytes = connection.peek() else {
            // It has gone; nobody has lost anything.
            return stopWaiting(number)
        }
        let reading: ProxyHeader.Reading
        do throws(AdmissionError) {
            reading = try ProxyHeader.read(bytes)
        } catch .noProxyHeader {
            return goOn(number, withoutHeader: connection)
        } catch {
            stopWaiting(number)
            return refuse(connection.peer, .proxyHeader, detail: "\(error)")
        }
        switch reading {
        case .incomplete(let count): connection.await(count)
        case .complete(let header, let length):
            stopWaiting(number)
            guard let socket = connection.release(after: length) else { return }
            begin(socket, from: header.client(of: connection.peer))
        }
    }

    private func goOn(_ number: Int32, withoutHeader connection: WaitingConnection) {
        stopWaiting(number)
        guard !connection.isRequired else { return refuse(connection.peer, .proxyHeader) }
        guard let socket = connection.release(after: 0) else { return }
        begin(socket, from: connection.peer)
    }

    private func stopWaiting(_ number: Int32) {
        loop.forget(number)
        waiting[number] = nil
    }
}

extension ProxyHeader {
    /// Where the connection comes from that the proxy at `peer` has passed on.
    fileprivate func client(of peer: SocketAddress) -> SocketAddress {
        switch self {
        case .relayed(let client, _):
            SocketAddress(bytes: client.address.bytes, port: client.port) ?? peer
        // It is the proxy's own, or nobody can tell.
        case .local, .unknown: peer
        }
    }
}
