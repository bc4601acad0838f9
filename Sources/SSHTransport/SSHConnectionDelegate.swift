/// A public key of a client, reduced to what it is compared by.
package struct ClientKey: Equatable, Sendable {
    /// The key type as in RFC 4253 section 6.6, for instance `ssh-ed25519`.
    package let type: String
    /// `SHA256:` and the unpadded Base64 of the hash, as OpenSSH prints it.
    package let fingerprint: String
}

/// What a client shows in order to be let in.
package enum Credential {
    /// A password, not checked yet.
    case password([UInt8])
    /// A key without a signature: would it do? (RFC 4252 section 7)
    case offered(ClientKey)
    /// A key whose signature over this very connection libssh has verified.
    case proven(ClientKey)
    /// What was typed where a code was asked for (RFC 4256).
    case code([UInt8])

    /// The step of a sign-in that it belongs to.
    var step: SignInSteps {
        switch self {
        case .password: .password
        case .offered, .proven: .publicKey
        case .code: .code
        }
    }
}

/// What a client may do next in order to be let in.
package struct SignInSteps: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Show a password, in either of the methods for it (RFC 4252 section 8, RFC 4256).
    package static let password = SignInSteps(rawValue: 1)
    /// Prove a key (RFC 4252 section 7).
    package static let publicKey = SignInSteps(rawValue: 2)
    /// Answer the question for a code (RFC 4256).
    package static let code = SignInSteps(rawValue: 4)
}

/// The answer to a credential.
package enum Verdict: Equatable, Sendable {
    case denied
    /// It is right and not enough; these may follow, and no others (RFC 4252 section 5.1).
    case partial(next: SignInSteps)
    /// An offered key would do; it grants nothing.
    case keyWouldDo
    /// The credential is right, but there is no access; the client is told why and the connection ends.
    case refused(reason: String)
    case granted
}

/// Whoever decides sign-ins and takes the data of opened channels.
///
/// Called inside libssh's callbacks: it may wait, but must not call back into the connection.
package protocol SSHConnectionDelegate: AnyObject {
    /// Decides one credential of one user name; both are unverified bytes.
    func judge(userName: [UInt8], credential: Credential) -> Verdict

    /// The key exchange is done for the first time.
    func handshakeCompleted(_ handshake: Handshake)

    /// A client started the `sftp` subsystem on a channel (RFC 4254 section 6.5).
    func sftpStarted(on channel: SSHChannel) -> (any SSHChannelSink)?
}

/// Whoever takes the bytes that arrive on a channel.
package protocol SSHChannelSink: AnyObject {
    /// Copies what arrived; the bytes are lent for the call only.
    func receive(_ bytes: Span<UInt8>)
}
