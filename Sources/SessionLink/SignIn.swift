package import AccessControl
package import WireFormat

/// One thing a client offers in order to be let in.
package struct SignInAttempt: Sendable {
    /// Names the attempt within its session, so that a late answer cannot be taken for another.
    package var number: UInt32
    /// The user name as the client sent it: `USER.SERVER`, unverified.
    package var userName: ByteString
    package var proof: SignInProof

    package init(number: UInt32, userName: ByteString, proof: SignInProof) {
        self.number = number
        self.userName = userName
        self.proof = proof
    }
}

/// What stands behind a sign-in attempt.
package enum SignInProof: Sendable {
    /// A password that the gate has yet to check.
    case password(Secret)
    /// A public key, without a signature: "would this one do?" (RFC 4252 section 7).
    case offered(PublicKeyIdentity)
    /// A public key whose signature libssh has verified.
    case proven(PublicKeyIdentity)
    /// What was typed where a code was asked for.
    case code(Secret)
}

/// A public key reduced to what it is compared by.
package struct PublicKeyIdentity: Hashable, Sendable {
    /// The key type, for instance `ssh-ed25519`.
    package var type: String
    /// `SHA256:` and the unpadded Base64 of the hash, as OpenSSH prints it.
    package var fingerprint: String

    package init(type: String, fingerprint: String) {
        self.type = type
        self.fingerprint = fingerprint
    }
}

/// The gate's answer to an attempt.
package enum SignInAnswer: Equatable, Sendable {
    /// No; the client learns nothing more.
    case denied
    /// A key that was offered would do: the client may sign with it.
    case keyWouldDo
    /// Right, and not enough: one of these must follow.
    case partial(next: SignInFactors)
    /// The credential was right, but there is no access; the text says why.
    case refused(reason: String)
    /// Come in. The root directory's descriptor travels with it.
    case granted(Grant)
}

/// Everything a session may know about the person and the server it serves.
package struct Grant: Equatable, Sendable {
    /// What the person may do.
    package var rights: FileRights
    /// The panel's name of the person, for logs inside the session.
    package var userName: String
    /// The server's short id, for the same.
    package var serverID: String

    package init(rights: FileRights, userName: String, serverID: String) {
        self.rights = rights
        self.userName = userName
        self.serverID = serverID
    }
}

extension SignInAttempt {
    private enum Kind: UInt8 { case password = 1, offered, proven, code }

    func encode(into writer: inout WireWriter) {
        writer.uint32(number)
        writer.string(userName)
        switch proof {
        case .password(let secret):
            writer.byte(Kind.password.rawValue)
            secret.withBytes { writer.string($0) }
        case .offered(let key):
            writer.byte(Kind.offered.rawValue)
            key.encode(into: &writer)
        case .proven(let key):
            writer.byte(Kind.proven.rawValue)
            key.encode(into: &writer)
        case .code(let code):
            writer.byte(Kind.code.rawValue)
            code.withBytes { writer.string($0) }
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        number = try reader.uint32("attempt")
        userName = try reader.string("user name", limit: LinkLimits.userNameLength)
        switch Kind(rawValue: try reader.byte("proof")) {
        case .password:
            let password = try reader.string("password", limit: LinkLimits.passwordLength)
            proof = .password(Secret(password))
        case .offered: proof = .offered(try PublicKeyIdentity(from: &reader))
        case .proven: proof = .proven(try PublicKeyIdentity(from: &reader))
        case .code:
            proof = .code(Secret(try reader.string("code", limit: LinkLimits.codeLength)))
        case nil: throw .invalid(field: "proof")
        }
    }
}

extension PublicKeyIdentity {
    func encode(into writer: inout WireWriter) {
        writer.text(type)
        writer.text(fingerprint)
    }

    init(from reader: inout WireReader) throws(WireError) {
        type = try reader.text("key type", limit: LinkLimits.textLength)
        fingerprint = try reader.text("fingerprint", limit: LinkLimits.textLength)
    }
}

extension SignInAnswer {
    private enum Kind: UInt8 { case denied = 0, keyWouldDo, refused, granted, partial }

    func encode(into writer: inout WireWriter) {
        switch self {
        case .denied: writer.byte(Kind.denied.rawValue)
        case .keyWouldDo: writer.byte(Kind.keyWouldDo.rawValue)
        case .partial(let next):
            writer.byte(Kind.partial.rawValue)
            next.encode(into: &writer)
        case .refused(let reason):
            writer.byte(Kind.refused.rawValue)
            writer.text(reason)
        case .granted(let grant):
            writer.byte(Kind.granted.rawValue)
            grant.rights.encode(into: &writer)
            writer.text(grant.userName)
            writer.text(grant.serverID)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        switch Kind(rawValue: try reader.byte("answer")) {
        case .denied: self = .denied
        case .keyWouldDo: self = .keyWouldDo
        case .partial: self = .partial(next: try SignInFactors(from: &reader))
        case .refused:
            self = .refused(reason: try reader.text("reason", limit: LinkLimits.textLength))
        case .granted:
            self = .granted(
                Grant(
                    rights: try FileRights(from: &reader),
                    userName: try reader.text("user", limit: LinkLimits.textLength),
                    serverID: try reader.text("server", limit: LinkLimits.textLength)
                )
            )
        case nil: throw .invalid(field: "answer")
        }
    }
}

extension FileRights {
    func encode(into writer: inout WireWriter) {
        writer.uint32(UInt32(rawValue))
    }

    init(from reader: inout WireReader) throws(WireError) {
        self.init(rawValue: UInt16(truncatingIfNeeded: try reader.uint32("rights")))
    }
}

extension SignInFactors {
    func encode(into writer: inout WireWriter) {
        writer.byte(rawValue)
    }

    init(from reader: inout WireReader) throws(WireError) {
        self.init(rawValue: try reader.byte("sign-in factors"))
        guard isSubset(of: .all) else { throw .invalid(field: "sign-in factors") }
    }
}
