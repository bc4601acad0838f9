import SessionLink
package import SubuserStore

/// How a selector is kept, and shown.
extension RevocationSelector {
    package var members: [String: JSONValue] {
        switch self {
        case .session(let id): ["session": .text("\(id)")]
        case .sessions(let ids): ["sessions": .texts(ids.map(\.description).sorted())]
        case .user(let user): ["user": .text(user)]
        case .server(let server): ["server": .text(server)]
        case .userOnServer(let user, let server):
            ["user": .text(user), "server": .text(server)]
        case .userOnServers(let user, let servers):
            ["user": .text(user), "servers": .texts(servers.sorted())]
        case .key(let fingerprint): ["key": .text(fingerprint)]
        case .keyOfUser(let user, let fingerprint):
            ["user": .text(user), "key": .text(fingerprint)]
        case .everything: ["all": true]
        }
    }

    /// Reads what `members` has written; nil for anything else.
    package init?(_ members: [String: JSONValue]) {
        let user = members["user"]?.text
        switch Set(members.keys) {
        case ["session"]:
            guard let id = members["session"]?.text.flatMap({ SessionID($0) }) else { return nil }
            self = .session(id)
        case ["sessions"]:
            guard let texts = members["sessions"]?.texts else { return nil }
            let ids = texts.compactMap { SessionID($0) }
            guard ids.count == texts.count else { return nil }
            self = .sessions(Set(ids))
        case ["user"]:
            guard let user else { return nil }
            self = .user(user)
        case ["server"]:
            guard let server = members["server"]?.text else { return nil }
            self = .server(server)
        case ["user", "server"]:
            guard let user, let server = members["server"]?.text else { return nil }
            self = .userOnServer(user: user, server: server)
        case ["user", "servers"]:
            guard let user, let servers = members["servers"]?.texts else { return nil }
            self = .userOnServers(user: user, servers: Set(servers))
        case ["key"]:
            guard let fingerprint = members["key"]?.text else { return nil }
            self = .key(fingerprint: fingerprint)
        case ["user", "key"]:
            guard let user, let fingerprint = members["key"]?.text else { return nil }
            self = .keyOfUser(user: user, fingerprint: fingerprint)
        case ["all"]: self = .everything
        default: return nil
        }
    }
}

extension JSONValue {
    /// A text; nil for anything else.
    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// A list of texts; nil for anything else.
    var texts: [String]? {
        guard case .list(let values) = self else { return nil }
        let texts = values.compactMap(\.text)
        return texts.count == values.count ? texts : nil
    }

    /// A number that is not negative; nil for anything else.
    var count: UInt64? {
        guard case .number(let number) = self else { return nil }
        return UInt64(exactly: number)
    }
}
