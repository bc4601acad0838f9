import Foundation

/// What a path names.
///
/// The names inside are as the caller wrote them, with the percent-encoding undone.
enum Resource: Equatable {
    case health
    case description
    case users
    case user(String)
    case keys(user: String)
    case key(fingerprint: String, user: String)
    case signIn(SignInResource, user: String)
    case delegations(owner: String)
    case delegation(user: String, owner: String)
    case access(user: String)
    case servers
    case server(String)
    case subusers(server: String)
    case subuser(user: String, server: String)
    case sessions
    case session(String)
    case revocations
    case revocation(String)
    case activity
    case events
    case permissions
    case snapshot
    case lockdown
    case bans
    case ban(String)

    /// Reads the path of a request; nil for one that names nothing.
    init?(path: String) {
        guard let names = Self.names(inPath: path), let resource = Self.named(names) else {
            return nil
        }
        self = resource
    }

    /// The parts of a path with the percent-encoding undone; nil where one is empty or no text.
    static func names(inPath path: String) -> [String]? {
        guard path.first == "/" else { return nil }
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var names: [String] = []
        for part in parts {
            guard let name = part.removingPercentEncoding, !name.isEmpty else { return nil }
            names.append(name)
        }
        return names
    }

    private static func named(_ names: [String]) -> Resource? {
        if names == ["healthz"] { return .health }
        if names == ["openapi.json"] { return .description }
        guard names.first == "v1" else { return nil }
        let rest = Array(names.dropFirst())
        switch (rest.first, rest.count) {
        case ("users", 1): return .users
        case ("users", 2): return .user(rest[1])
        case ("users", 3) where rest[2] == "keys": return .keys(user: rest[1])
        case ("users", 4) where rest[2] == "keys":
            return .key(fingerprint: rest[3], user: rest[1])
        case ("users", 3) where rest[2] == "delegations": return .delegations(owner: rest[1])
        case ("users", 4) where rest[2] == "delegations":
            return .delegation(user: rest[3], owner: rest[1])
        case ("users", 3) where rest[2] == "access": return .access(user: rest[1])
        case ("users", 3), ("users", 4):
            return SignInResource(Array(rest.dropFirst(2))).map { .signIn($0, user: rest[1]) }
        case ("servers", 1): return .servers
        case ("servers", 2): return .server(rest[1])
        case ("servers", 3) where rest[2] == "subusers": return .subusers(server: rest[1])
        case ("servers", 4) where rest[2] == "subusers":
            return .subuser(user: rest[3], server: rest[1])
        case ("sessions", 1): return .sessions
        case ("sessions", 2): return .session(rest[1])
        case ("revocations", 1): return .revocations
        case ("revocations", 2): return .revocation(rest[1])
        case ("activity", 1): return .activity
        case ("events", 1): return .events
        case ("permissions", 1): return .permissions
        case ("snapshot", 1): return .snapshot
        case ("lockdown", 1): return .lockdown
        case ("bans", 1): return .bans
        case ("bans", 2): return .ban(rest[1])
        default: return nil
        }
    }

    /// What can be done with it.
    var verbs: [Verb] { template.operations.map(\.verb) }

    /// What a method does with it; nil where it means nothing here.
    func operation(_ method: String) -> Operation? { template.operation(method) }
}

/// What a path below a user names besides their keys: what they sign in with.
enum SignInResource: Equatable {
    case secondFactor
    case confirmation
    case recoveryCodes
    case appPasswords
    case appPassword(String)

    fileprivate init?(_ names: [String]) {
        switch (names.first, names.count) {
        case ("second-factor", 1): self = .secondFactor
        case ("second-factor", 2) where names[1] == "confirmation": self = .confirmation
        case ("recovery-codes", 1): self = .recoveryCodes
        case ("app-passwords", 1): self = .appPasswords
        case ("app-passwords", 2): self = .appPassword(names[1])
        default: return nil
        }
    }
}
