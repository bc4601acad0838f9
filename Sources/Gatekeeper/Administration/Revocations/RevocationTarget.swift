package import SessionLink
package import SubuserStore

/// Which sessions somebody wants ended, as they name them.
package enum RevocationTarget: Sendable {
    case session(SessionID)
    case user(UserReference)
    case server(ServerReference)
    case userOnServer(UserReference, ServerReference)
    case userOnServers(UserReference, [ServerReference])
    case key(KeyFingerprint)
    case everything
}

extension RevocationTarget {
    /// What was asked for, by which the same request is recognised when it comes again.
    var request: [String: JSONValue] {
        switch self {
        case .session(let id): ["session": .text("\(id)")]
        case .user(let user): ["user": .text("\(user)")]
        case .server(let server): ["server": .text("\(server)")]
        case .userOnServer(let user, let server):
            ["user": .text("\(user)"), "server": .text("\(server)")]
        case .userOnServers(let user, let servers):
            ["user": .text("\(user)"), "servers": .texts(servers.map(\.description))]
        case .key(let fingerprint): ["key": .text("\(fingerprint)")]
        case .everything: ["all": true]
        }
    }
}

/// A revocation that somebody asks for.
package struct RevocationRequest: Sendable {
    /// By what they will recognise it; nil for one that is made up.
    package let job: RevocationJobID?
    package let target: RevocationTarget
    /// What the clients are told.
    package let reason: String?

    package init(job: RevocationJobID? = nil, target: RevocationTarget, reason: String? = nil) {
        self.job = job
        self.target = target
        self.reason = reason
    }
}

extension UserReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .id(let id): "\(id)"
        case .name(let name): "\(name)"
        case .email(let email): "\(email)"
        }
    }
}

extension ServerReference: CustomStringConvertible {
    package var description: String {
        switch self {
        case .id(let id): "\(id)"
        case .shortID(let shortID): "\(shortID)"
        }
    }
}
