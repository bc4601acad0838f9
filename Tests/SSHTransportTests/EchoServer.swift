import LinuxSystem
import SSHTransport

/// One connection whose subsystem sends back what it gets.
final class EchoServer {
    let delegate: EchoDelegate
    private let listener: StreamListener
    private let acceptor: SSHAcceptor
    private let link: PacketSocket
    private var far: FileDescriptor?

    init(password: String, refusal: String? = nil) throws {
        guard let address = SocketAddress(host: "127.0.0.1", port: 0) else { throw Failure() }
        listener = try StreamListener(on: address)
        acceptor = try SSHAcceptor(
            hostKeys: [HostKey(generating: .ed25519).pem()],
            algorithms: SSHAcceptor.Algorithms(
                keyExchange: "curve25519-sha256",
                hostKeys: "ssh-ed25519",
                ciphers: "aes128-gcm@openssh.com",
                messageAuthentication: "hmac-sha2-256",
                publicKeys: "ssh-ed25519"
            ),
            softwareName: "Test"
        )
        var far: FileDescriptor?
        link = try PacketSocket.pair(far: &far)
        self.far = far.take()
        delegate = EchoDelegate(password: password, refusal: refusal)
    }

    struct Failure: Error {}

    /// Starts `ssh`, which asks for the sftp subsystem and sends `input` to it.
    func startClient(password: String, input: String) throws -> EchoClient {
        try EchoClient(port: listener.address.port, password: password, input: input)
    }

    /// Serves one client until its connection is over.
    func run() throws -> SSHEnding {
        _ = try Readiness.wait(for: (listener.rawValue, .readable), milliseconds: 10_000)
        guard let client = try listener.accept() else { throw Failure() }
        let connection = try SSHConnection(
            socket: client.takeSocket(),
            acceptor: acceptor,
            limits: SSHConnection.Limits(
                signIn: SignInBudget.Limits(
                    grace: 10_000,
                    attempts: 3,
                    packets: 200,
                    bytes: 1 << 19
                ),
                stall: 5000,
                channels: 2
            ),
            watching: link.rawValue
        )
        connection.delegate = delegate
        while true {
            connection.step(milliseconds: 1000)
            if let ending = connection.ending {
                if case .refused(let reason) = ending {
                    connection.end(saying: reason)
                } else {
                    connection.end(saying: nil)
                }
                return ending
            }
            delegate.serve(on: connection)
        }
    }
}

/// Lets in who knows the password.
final class EchoDelegate: SSHConnectionDelegate, SSHChannelSink {
    private let password: [UInt8]
    private let refusal: String?
    private(set) var userNames: [String] = []
    private(set) var handshake: Handshake?
    private var channel: SSHChannel?
    private var pending: [UInt8] = []

    init(password: String, refusal: String?) {
        self.password = Array(password.utf8)
        self.refusal = refusal
    }

    func judge(userName: [UInt8], credential: Credential) -> Verdict {
        userNames.append(String(decoding: userName, as: UTF8.self))
        guard case .password(password) = credential else { return .denied }
        return refusal.map { .refused(reason: $0) } ?? .granted
    }

    func handshakeCompleted(_ handshake: Handshake) {
        self.handshake = handshake
    }

    func sftpStarted(on channel: SSHChannel) -> (any SSHChannelSink)? {
        self.channel = channel
        return self
    }

    func receive(_ bytes: Span<UInt8>) {
        for index in bytes.indices { pending.append(bytes[index]) }
    }

    /// Sends back what has come, and ends when the client has ended.
    func serve(on connection: SSHConnection) {
        guard let channel else { return }
        if !pending.isEmpty {
            pending.removeFirst(channel.write(pending[...]))
        }
        if channel.hasClientEnded, pending.isEmpty {
            channel.finish(exitStatus: 0)
            connection.forget(channel)
            self.channel = nil
        }
    }
}
