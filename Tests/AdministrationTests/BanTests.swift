import Admission
import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore
import Testing

@Suite("Bans by hand, with what follows them")
struct BanTests {
    private let host: GateHost

    init() throws {
        host = try GateHost()
    }

    private func draft(
        _ range: String,
        reason: String? = nil,
        duration: Int64? = nil,
        meansEveryone: Bool = false
    ) throws -> BanDraft {
        BanDraft(
            range: try AddressRange(range),
            reason: try reason.map { try DisplayName($0) },
            duration: duration,
            meansEveryone: meansEveryone
        )
    }

    private func open(_ number: UInt64, from peer: String) {
        host.sessions.open(
            SessionSummary(
                id: SessionID(rawValue: number),
                phase: number.isMultiple(of: 2) ? .open : .connecting,
                peer: peer,
                since: 0,
                processID: 1
            )
        )
    }

    @Test("a ban ends the connections of its range, those before a sign-in too, and no others")
    func ends() async throws {
        open(1, from: "192.0.2.7:1")
        open(2, from: "192.0.2.8:2")
        open(3, from: "192.0.3.7:3")
        open(4, from: "[2001:db8::7]:4")
        let done = try await host.administration.ban(
            draft("192.0.2.0/24", reason: "Ticket 7", duration: 60_000),
            by: host.caller
        )
        #expect(done.revocation.found == 2)
        #expect(
            host.sessions.calls.map(\.reason)
                == ["Your address was banned on this host: Ticket 7"]
        )
        #expect(await host.administration.sessions().map(\.id.rawValue) == [3, 4])
        let six = try await host.administration.ban(draft("2001:db8::/32"), by: host.caller)
        #expect(six.revocation.found == 1)
        #expect(host.sessions.calls.last?.reason == "Your address was banned on this host")
        let entry = try #require(try await host.entries("host:ban.add").last)
        #expect(entry.properties["address"] == "192.0.2.0/24")
        #expect(entry.properties["seconds"] == 60)
        #expect(entry.properties["revoked"] == done.revocation.counts)
    }

    @Test("a ban is on the disk when it holds, and off it when it is lifted")
    func stored() async throws {
        func kept() async throws -> [AddressRange] {
            try await host.store.penalties(at: .now).snapshot.bans.map(\.range)
        }
        let range = try AddressRange("192.0.2.0/24")
        let first = try await host.administration.ban(draft("192.0.2.0/24"), by: host.caller)
        #expect(!first.value.isReplaced)
        let second = try await host.administration.ban(draft("192.0.2.0/24"), by: host.caller)
        #expect(second.value.isReplaced)
        #expect(try await kept() == [range])
        let one = try AddressRange("192.0.2.7")
        await #expect(throws: AdministrationError.self) {
            try await host.administration.liftBan(of: one, by: host.caller)
        }
        #expect(try await kept() == [range])
        let lifted = try await host.administration.liftBan(of: range, by: host.caller)
        #expect(lifted.value.lifted.bans.map(\.range) == [range])
        #expect(try await kept().isEmpty)
        #expect(try await host.administration.bans(all: true).bans.isEmpty)
    }

    @Test("a ban that the store does not take does not hold")
    func lockedStore() async throws {
        let host = try GateHost(busyTimeout: 10)
        let rival = try StoreRival(path: host.store.path)
        try rival.begin()
        await #expect(throws: AdministrationError.self) {
            try await host.administration.ban(draft("192.0.2.7"), by: host.caller)
        }
        try rival.end()
        #expect(try await host.administration.bans(all: true).bans.isEmpty)
        _ = try await host.administration.ban(draft("192.0.2.7"), by: host.caller)
        #expect(try await host.administration.bans(all: true).bans.count == 1)
    }

    @Test(
        "a range that nobody has for themselves needs another word",
        arguments: ["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7", "::/0", "2000::/3", "2000::/15"]
    )
    func wide(range: String) async throws {
        await #expect(throws: AdministrationError.self) {
            try await host.administration.ban(draft(range), by: host.caller)
        }
        #expect(try await host.administration.bans(all: true).bans.isEmpty)
        _ = try await host.administration.ban(
            draft(range, meansEveryone: true),
            by: host.caller
        )
        #expect(try await host.administration.bans(all: true).bans.count == 1)
    }

    @Test("the widest networks that one organisation has need none")
    func ordinary() async throws {
        for range in ["10.0.0.0/8", "2001::/16"] {
            _ = try await host.administration.ban(draft(range), by: host.caller)
        }
        #expect(try await host.administration.bans(all: true).bans.count == 2)
    }

    @Test("accounts are told by their names, lifted, and forgotten with the password and the user")
    func accounts() async throws {
        let ann = try await host.makeUser("ann")
        let account = "\(ann.id)"
        let home = try #require(IPAddress("192.0.2.7"))
        func offend() async {
            _ = await host.sessions.changePenalties { penalties, now in
                penalties.noteSignIn(to: account, from: home, at: now)
                penalties.record(
                    .wrongPassword,
                    from: home,
                    account: account,
                    at: now
                )
            }
        }
        await offend()
        let administration = host.administration
        #expect(try await administration.bans(all: true).accounts.map(\.userName) == [ann.name])
        #expect(try await administration.bans(all: false).accounts.isEmpty)
        let report = try await administration.explainPenalty(of: .id(ann.id))
        #expect(report.penalty?.shares.count == 1 && report.knownSources.count == 1)
        _ = try await administration.liftPenalty(of: .name(ann.name), by: host.caller)
        await #expect(throws: AdministrationError.self) {
            try await administration.liftPenalty(of: .name(ann.name), by: host.caller)
        }
        #expect(try await administration.explainPenalty(of: .id(ann.id)).knownSources.count == 1)
        _ = try await administration.changeUser(
            .id(ann.id),
            UserRevision(email: Email("other@example.org")),
            by: host.caller
        )
        #expect(try await administration.explainPenalty(of: .id(ann.id)).knownSources.count == 1)
        _ = try await administration.changeUser(
            .id(ann.id),
            UserRevision(password: .remove),
            by: host.caller
        )
        #expect(try await administration.explainPenalty(of: .id(ann.id)).knownSources.isEmpty)
        await offend()
        _ = try await administration.deleteUser(.id(ann.id), by: host.caller)
        let figures = await host.sessions.penalties().penalties.figures
        #expect(figures.accounts == 0 && figures.knownAccounts == 0)
    }

    @Test("an import forgets the same: with a password who is known, with a user everything")
    func imported() async throws {
        let scene = try await SnapshotScene()
        let host = scene.host
        let home = try #require(IPAddress("192.0.2.7"))
        let users = [scene.owner, scene.guest, scene.heir]
        await host.sessions.changePenalties { penalties, now in
            for user in users {
                penalties.noteSignIn(to: "\(user.id)", from: home, at: now)
                penalties.record(.wrongPassword, from: home, account: "\(user.id)", at: now)
            }
        }
        func isKnown(_ user: User) async -> Bool {
            let reading = await host.sessions.penalties()
            return !reading.penalties.knownSources(of: "\(user.id)", at: reading.time).isEmpty
        }
        func isCounted(_ user: User) async -> Bool {
            let reading = await host.sessions.penalties()
            return reading.penalties.explain(account: "\(user.id)", at: reading.time) != nil
        }
        var document = try await scene.document()
        document.users[scene.guest.id]?.passwordHash = nil
        document.remove(scene.heir)
        _ = try await scene.replace(with: document, isTrial: true)
        for user in users {
            #expect(await isKnown(user))
            #expect(await isCounted(user))
        }
        _ = try await scene.replace(with: document)
        #expect(await isKnown(scene.owner))
        #expect(await isCounted(scene.owner))
        #expect(await !isKnown(scene.guest))
        #expect(await isCounted(scene.guest))
        #expect(await !isKnown(scene.heir))
        #expect(await !isCounted(scene.heir))
    }
}
