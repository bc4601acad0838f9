package import AccessControl
package import Gatekeeper
import Logging
import PasswordHashing
package import SessionLink
package import SubuserStore
import WireFormat

/// A store, a volumes directory and pretended sessions, with the administration above them.
package struct GateHost: Sendable {
    package let directory: TemporaryDirectory
    package let store: SQLiteStore
    package let sessions: RecordedSessions
    package let administration: Administration
    /// Everything that was logged.
    package let log: MemoryLog
    /// Who makes the changes that tests make directly.
    package let caller = Caller(userID: 1234, processID: 1)

    /// A change waits for another program for `busyTimeout` milliseconds.
    package init(
        sharing: SharingOptions = SharingOptions(),
        busyTimeout: Int = 5000
    ) throws {
        directory = try TemporaryDirectory()
        try directory.makeDirectory("volumes")
        store = try SQLiteStore(
            path: directory.file("store/portcullis.sqlite"),
            busyTimeout: busyTimeout
        )
        sessions = RecordedSessions()
        log = MemoryLog()
        let logger = log.makeLogger()
        administration = Administration(
            store: store,
            sessions: sessions,
            activity: ActivityLog(store: store, interval: .seconds(60), logger: logger),
            volumes: directory.file("volumes"),
            hashingCost: .cheapest,
            sharing: sharing,
            logger: logger
        )
    }

    /// A user with a password.
    package func makeUser(
        _ name: String,
        administrator: Bool = false
    ) async throws -> User {
        try await administration.createUser(
            UserDraft(
                name: UserName(name),
                email: Email("\(name)@example.org"),
                password: .plain(Secret(ByteString("secret of \(name)"))),
                isAdministrator: administrator
            ),
            by: caller
        ).value.user
    }

    /// A server with its directory.
    package func makeServer(_ name: String, owner: User) async throws -> Server {
        try directory.makeDirectory("volumes/\(name)")
        return try await administration.createServer(
            ServerDraft(
                name: DisplayName(name),
                owner: .id(owner.id),
                directory: ServerDirectory(name)
            ),
            by: caller
        ).value
    }

    /// A session as somebody would have it on a server.
    package func openSession(
        of user: User,
        on server: Server,
        key: KeyFingerprint? = nil,
        proven: SignInFactors? = nil,
        appPassword: AppPasswordID? = nil
    ) -> SessionID {
        let id = SessionID.random()
        let proven = proven ?? (key == nil ? .password : .publicKey)
        @Sendable func review() -> FileRights? {
            rights(of: user, on: server, in: server.directory) { access in
                if let appPassword {
                    return access.user.appPasswords.contains { $0.id == appPassword }
                }
                return SignInRules().requirement(of: access.user, on: access.server)
                    .isMet(by: proven)
            }
        }
        sessions.open(
            SessionSummary(
                id: id,
                phase: .open,
                peer: "192.0.2.7:50000",
                userID: "\(user.id)",
                userName: "\(user.name)",
                serverID: "\(server.id)",
                serverShortID: "\(server.shortID)",
                keyFingerprint: key?.description,
                rights: review() ?? [],
                since: 1_000_000,
                processID: 4321
            ),
            review: review
        )
        return id
    }

    /// What a sign-in would give now; nil for nothing, or another directory.
    private func rights(
        of user: User,
        on server: Server,
        in directory: ServerDirectory,
        isProven: (AccessRecord) -> Bool
    ) -> FileRights? {
        guard let access = try? store.access(of: user.id, on: server.id),
            access.server.state.allowsAccess, access.server.directory == directory,
            isProven(access)
        else { return nil }
        if access.user.isAdministrator || access.server.ownerID == user.id { return .all }
        return access.permissions.map { FileRights(from: $0) }
    }

    /// The newest entries of an event, newest first.
    package func entries(_ event: String) async throws -> [ActivityEntry] {
        try await store.activity(ActivityQuery(event: .exactly(event))).records.map(\.entry)
    }
}
