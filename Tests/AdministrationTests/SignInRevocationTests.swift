import AccessControl
import GateTestSupport
import Gatekeeper
import SessionLink
import SignInSecrets
import SubuserStore
import Testing

@Suite("Changes to what a sign-in demands")
struct SignInRevocationTests {
    /// An owner and a guest with sessions of every kind on one server.
    private struct Scene {
        let host: GateHost
        let owner: User
        let guest: User
        let server: Server
        let sessions: [String: SessionID]

        init() async throws {
            host = try GateHost()
            owner = try await host.makeUser("owner")
            guest = try await host.makeUser("guest")
            server = try await host.makeServer("one", owner: owner)
            _ = try await host.administration.addMember(
                .id(guest.id),
                to: .id(server.id),
                permissions: ["file.sftp"],
                by: Actor(host.caller)
            )
            let factors: [(String, SignInFactors)] = [
                ("password", .password), ("key", .publicKey), ("code", [.password, .code]),
            ]
            var sessions: [String: SessionID] = [:]
            for user in [owner, guest] {
                for (name, proven) in factors {
                    sessions["\(user.name) \(name)"] =
                        host.openSession(of: user, on: server, proven: proven)
                }
            }
            self.sessions = sessions
            host.sessions.forgetCalls()
        }

        /// The names of the sessions that have ended.
        func ended() async -> Set<String> {
            let open = Set(await host.sessions.sessions().map(\.id))
            return Set(sessions.filter { !open.contains($0.value) }.keys)
        }
    }

    private static let withCode = SignInPolicy.secondFactor(keysNeedCode: false)

    private static func code(of secret: SharedSecret) -> String {
        let step = TimeBasedCode.step(atSecond: Timestamp.now.milliseconds / 1000)
        return TimeBasedCode.code(of: secret, step: step)
    }

    @Test("a user's policy ends the sessions of theirs that do not satisfy it; none does not")
    func userPolicy() async throws {
        let scene = try await Scene()
        let (host, id) = (scene.host, scene.guest.id)
        func change(_ policy: PolicyEdit) async throws -> Completed<SavedUser> {
            try await host.administration.changeUser(
                .id(id),
                UserRevision(policy: policy),
                by: host.caller
            )
        }
        let done = try await change(.replace(Self.withCode))
        #expect(done.value.user.policy == Self.withCode && done.revocation.found == 1)
        #expect(await scene.ended() == ["guest password"])
        #expect(host.sessions.calls.map(\.selector) == [.user("\(id)")])
        #expect(
            host.sessions.calls.map(\.reason) == ["More is needed to sign in now; sign in again"]
        )
        let loosened = try await change(.remove)
        #expect(loosened.revocation.found == 0)
        #expect(await scene.ended() == ["guest password"])
        let entries = try await host.entries("user:update")
        let texts = JSONValue.texts(["publickey", "password+code"])
        #expect(
            entries.map { $0.properties["signIn"] } == [
                .object(["old": texts, "new": .null]), .object(["old": .null, "new": texts]),
            ]
        )
        #expect(entries.last?.endedCount == 1)
    }

    @Test("a second factor at the panel ends the sessions that have not shown one")
    func secondFactorAtThePanel() async throws {
        let scene = try await Scene()
        let done = try await scene.host.administration.changeUser(
            .id(scene.guest.id),
            UserRevision(hasTwoFactor: true),
            by: scene.host.caller
        )
        #expect(done.revocation.found == 1)
        #expect(await scene.ended() == ["guest password"])
    }

    @Test("a server's policy is everybody's on it, its owner's too")
    func serverPolicy() async throws {
        let scene = try await Scene()
        let host = scene.host
        let done = try await host.administration.changeServer(
            .id(scene.server.id),
            ServerRevision(policy: .replace(SignInPolicy(["password+code"]))),
            by: host.caller
        )
        #expect(done.revocation.found == 4)
        #expect(
            await scene.ended() == ["owner password", "owner key", "guest password", "guest key"]
        )
        let entry = try #require(try await host.entries("server:update").first)
        #expect(
            entry.properties["signIn"]
                == .object(["old": .null, "new": .texts(["password+code"])])
        )
    }

    @Test("a second factor ends sessions when it is confirmed, and neither before nor afterwards")
    func secondFactor() async throws {
        let scene = try await Scene()
        let (host, administration) = (scene.host, scene.host.administration)
        let user = UserReference.id(scene.guest.id)
        let begun = try await administration.enrol(user, SecondFactorDraft(), by: host.caller)
        let enrolment = begun.value.value
        #expect(begun.value.isNew && begun.revocation.found == 0)
        #expect(enrolment.uri.text.hasPrefix("otpauth://totp/Portcullis:guest?secret="))
        #expect(await scene.ended().isEmpty)
        await #expect {
            _ = try await administration.confirmSecondFactor(
                of: user,
                with: Self.code(of: .random()),
                by: host.caller
            )
        } throws: { error in
            if case .wrongCode? = error as? AdministrationError { true } else { false }
        }
        #expect(await scene.ended().isEmpty)
        let confirmed = try await administration.confirmSecondFactor(
            of: user,
            with: Self.code(of: enrolment.secret),
            by: host.caller
        )
        #expect(confirmed.value.codes.count == RecoveryCode.countOfSet)
        #expect(confirmed.value.factor.recoveryCodesLeft == RecoveryCode.countOfSet)
        #expect(confirmed.revocation.found == 1)
        #expect(await scene.ended() == ["guest password"])
        let renewed = try await administration.renewRecoveryCodes(of: user, by: host.caller)
        #expect(Set(renewed.value.codes).isDisjoint(with: confirmed.value.codes))
        let removed = try await administration.removeSecondFactor(of: user, by: host.caller)
        #expect(removed.revocation.found == 0)
        #expect(await scene.ended() == ["guest password"])
        #expect(try await administration.secondFactor(of: user) == nil)
    }

    @Test("one that a panel has confirmed counts at once, and ends what one confirmed here would")
    func panelsSecret() async throws {
        let scene = try await Scene()
        let host = scene.host
        let draft = SecondFactorDraft(secret: .random(), isConfirmed: true, replaces: true)
        let user = UserReference.id(scene.guest.id)
        let done = try await host.administration.enrol(user, draft, by: host.caller)
        #expect(done.value.isNew && done.revocation.found == 1)
        #expect(await scene.ended() == ["guest password"])
        let again = try await host.administration.enrol(user, draft, by: host.caller)
        #expect(!again.value.isNew)
        let entries = try await host.entries("user:second-factor.create")
        #expect(entries.count == 1 && entries.first?.properties["confirmed"] == true)
        let next = SecondFactorDraft(secret: .random(), replaces: true)
        _ = try await host.administration.enrol(user, next, by: host.caller)
        let replaced = try #require(try await host.entries("user:second-factor.create").first)
        #expect(replaced.properties["replaces"] == true)
        #expect(replaced.properties["confirmed"] == false)
    }

    @Test("removing an app password ends the sessions that signed in with it, and no others")
    func appPasswords() async throws {
        let scene = try await Scene()
        let (host, administration) = (scene.host, scene.host.administration)
        let user = UserReference.id(scene.guest.id)
        var made: [NewAppPassword] = []
        for (name, server) in [("backup", nil), ("editor", ServerReference.id(scene.server.id))] {
            made.append(
                try await administration.addAppPassword(
                    of: user,
                    name: DisplayName(name),
                    server: server,
                    by: host.caller
                ).value
            )
        }
        let sessions = made.map {
            host.openSession(of: scene.guest, on: scene.server, appPassword: $0.record.id)
        }
        let removed = try await administration.removeAppPassword(
            made[0].record.id,
            of: user,
            by: host.caller
        )
        #expect(removed.revocation.found == 1)
        let open = Set(await host.sessions.sessions().map(\.id))
        #expect(!open.contains(sessions[0]) && open.contains(sessions[1]))
        #expect(await scene.ended().isEmpty)
        let created = try await host.entries("user:app-password.create")
        #expect(created.map { $0.properties["name"] } == ["editor", "backup"])
        #expect(created[0].properties["server"] == .text("\(scene.server.id)"))
        #expect(created[1].properties["server"] == nil)
        let entry = try #require(try await host.entries("user:app-password.delete").first)
        #expect(entry.properties["uuid"] == .text("\(made[0].record.id)"))
        #expect(entry.endedCount == 1 && entry.userID == scene.guest.id)
    }

    @Test(
        "a document's policies end the sessions that do not satisfy them, and tells which",
        arguments: [true, false]
    )
    func snapshots(isPolicy: Bool) async throws {
        let scene = try await Scene()
        let host = scene.host
        var document = try EditableDocument(try await host.administration.snapshot())
        if isPolicy {
            document.users[scene.guest.id]?.policy = Self.withCode
        } else {
            document.users[scene.guest.id]?.hasTwoFactor = true
        }
        var draft = host.administration.makeSnapshotDraft()
        for entry in document.entries { try draft.add(entry, line: 1) }
        let trial = try await host.administration.importSnapshot(
            draft,
            isTrial: true,
            by: host.caller
        )
        #expect(trial.value.users.changedCount == 1)
        #expect(await scene.ended().isEmpty)
        let done = try await host.administration.importSnapshot(
            draft,
            isTrial: false,
            by: host.caller
        )
        #expect(done.revocation.found == 1)
        #expect(done.value.endings.map(\.session.id) == [scene.sessions["guest password"]])
        #expect(await scene.ended() == ["guest password"])
    }
}
