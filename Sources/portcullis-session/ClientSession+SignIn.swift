import AccessControl
import LinuxSystem
import SFTPServer
import SSHTransport
import ServerFiles
import SessionLink
import WireFormat

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
        case .partial(let next): return .partial(next: SignInSteps(next))
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
        let sink = SFTPChannel(channel: channel, server: server, meter: meter)
        channels.append(sink)
        return sink
    }

    /// A server of its own for each channel: handles of one mean nothing on another.
    private func makeServer(_ grant: Grant) -> SFTPServer? {
        guard let root, let copy = try? root.duplicate() else { return nil }
        return SFTPServer(
            root: ServerRoot(owning: copy, rules: PathRules(preparation.files)),
            policy: FilePolicy(rights: grant.rights),
            creations: creations,
            meter: meter,
            options: SFTPServerOptions(
                handleLimit: Int(preparation.limits.handles),
                clientVersion: clientVersion
            )
        )
    }
}

extension PathRules {
    fileprivate init(_ rules: FileRules) {
        self.init(
            entersMounts: rules.entersMounts,
            containerPaths: rules.containerPaths.map(\.bytes)
        )
    }
}

extension SignInProof {
    /// The link's form of a credential; nil for a password or code longer than any real one.
    fileprivate init?(_ credential: Credential) {
        switch credential {
        case .password(let bytes):
            guard bytes.count <= LinkLimits.passwordLength else { return nil }
            self = .password(Secret(ByteString(bytes)))
        case .code(let bytes):
            guard bytes.count <= LinkLimits.codeLength else { return nil }
            self = .code(Secret(ByteString(bytes)))
        case .offered(let key): self = .offered(PublicKeyIdentity(key))
        case .proven(let key): self = .proven(PublicKeyIdentity(key))
        }
    }
}

extension SignInSteps {
    /// The transport's form of what may be proven next.
    init(_ factors: SignInFactors) {
        self = []
        if factors.contains(.password) { insert(.password) }
        if factors.contains(.publicKey) { insert(.publicKey) }
        if factors.contains(.code) { insert(.code) }
    }
}

extension PublicKeyIdentity {
    fileprivate init(_ key: ClientKey) {
        self.init(type: key.type, fingerprint: key.fingerprint)
    }
}
