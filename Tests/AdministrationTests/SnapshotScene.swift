import AccessControl
import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore

/// A document that a test may change before it is imported.
struct EditableDocument {
    struct Key {
        var key: PublicKey
        var name: DisplayName?
        var user: UserID
    }

    var users: [UserID: NewUser]
    var keys: [Key]
    var servers: [ServerID: NewServer]
    var subusers: [SubuserPlace: [String]]
    var delegations: [DelegationPlace: [String]]

    init(_ snapshot: Snapshot) throws {
        users = snapshot.users
        keys = try snapshot.keys.map { place, key in
            Key(key: try PublicKey(key.line), name: key.name, user: place.userID)
        }
        servers = snapshot.servers
        subusers = snapshot.subusers.mapValues(\.names)
        delegations = snapshot.delegations.mapValues(\.names)
    }

    /// Takes a user away with everything that belongs to them, as a panel's document would.
    mutating func remove(_ user: User) {
        users[user.id] = nil
        keys.removeAll { $0.user == user.id }
        subusers = subusers.filter { $0.key.userID != user.id }
        delegations = delegations.filter { $0.key.userID != user.id }
    }

    /// Takes a server away with its subusers.
    mutating func remove(_ server: Server) {
        servers[server.id] = nil
        subusers = subusers.filter { $0.key.serverID != server.id }
    }

    var entries: [SnapshotEntry] {
        // What refers to others comes first, to show that the order means nothing.
        delegations.map { .delegation(owner: $0.ownerID, user: $0.userID, permissions: $1) }
            + subusers.map { .subuser(server: $0.serverID, user: $0.userID, permissions: $1) }
            + servers.values.map { .server($0) }
            + keys.map { .key($0.key, name: $0.name, user: $0.user) }
            + users.values.map { .user($0) }
    }
}

/// A host with people of every role on two servers, each of them connected.
struct SnapshotScene {
    static let keyLine =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e laptop"

    let host: GateHost
    let owner: User
    let guest: User
    let delegate: User
    let admin: User
    let heir: User
    let one: Server
    let two: Server
    /// The sessions by what they are called in the tests: `guest@one`.
    let sessions: [String: SessionID]

    init(sharing: SharingOptions = SharingOptions()) async throws {
        host = try GateHost(sharing: sharing)
        owner = try await host.makeUser("owner")
        guest = try await host.makeUser("guest")
        delegate = try await host.makeUser("delegate")
        admin = try await host.makeUser("admin", administrator: true)
        heir = try await host.makeUser("heir")
        one = try await host.makeServer("one", owner: owner)
        two = try await host.makeServer("two", owner: owner)
        try host.directory.makeDirectory("volumes/elsewhere")
        let administration = host.administration
        let key = try PublicKey(Self.keyLine)
        _ = try await administration.addKey(key, name: nil, of: .id(guest.id), by: host.caller)
        for server in [one, two] {
            _ = try await administration.addMember(
                .id(guest.id),
                to: .id(server.id),
                permissions: ["file.sftp", "file.read"],
                by: Actor(host.caller)
            )
        }
        _ = try await administration.setDelegation(
            by: .id(owner.id),
            to: .id(delegate.id),
            permissions: ["file.sftp"],
            by: Actor(host.caller)
        )
        sessions = [
            "owner@one": host.openSession(of: owner, on: one),
            "owner@two": host.openSession(of: owner, on: two),
            "guest@one": host.openSession(of: guest, on: one),
            "guest@two": host.openSession(of: guest, on: two),
            "key@one": host.openSession(of: guest, on: one, key: key.fingerprint),
            "delegate@one": host.openSession(of: delegate, on: one),
            "delegate@two": host.openSession(of: delegate, on: two),
            "admin@one": host.openSession(of: admin, on: one),
        ]
        host.sessions.forgetCalls()
    }

    /// What the store holds, as a document.
    func document() async throws -> EditableDocument {
        try EditableDocument(try await host.administration.snapshot())
    }

    func replace(
        with document: EditableDocument,
        isTrial: Bool = false
    ) async throws(AdministrationError) -> Completed<SnapshotReport> {
        var draft = host.administration.makeSnapshotDraft()
        for (index, entry) in document.entries.enumerated() {
            try draft.add(entry, line: index + 1)
        }
        return try await host.administration.importSnapshot(
            draft,
            isTrial: isTrial,
            by: host.caller
        )
    }

    /// The names of the sessions that are open.
    func openSessions() async -> Set<String> {
        let open = Set(await host.sessions.sessions().map(\.id))
        return Set(sessions.filter { open.contains($0.value) }.keys)
    }
}

extension ActivityEntry {
    /// How many sessions it says were found.
    var endedCount: Int64? {
        guard case .object(let revoked)? = properties["revoked"],
            case .number(let found)? = revoked["found"]
        else { return nil }
        return found
    }
}
