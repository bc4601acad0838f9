import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore
import Testing

@Suite("Revocations as jobs")
struct RevocationJobTests {
    private let host: GateHost
    private let ann: User
    private let server: Server
    private let name: RevocationJobID

    init() async throws {
        host = try GateHost()
        ann = try await host.makeUser("ann")
        server = try await host.makeServer("one", owner: ann)
        name = try #require(RevocationJobID("night/7"))
    }

    private func request(
        _ target: RevocationTarget,
        reason: String? = "Maintenance"
    ) -> RevocationRequest {
        RevocationRequest(job: name, target: target, reason: reason)
    }

    @Test("a job is recorded before it acts, and what came of it afterwards")
    func order() async throws {
        let session = host.openSession(of: ann, on: server)
        let (store, name) = (host.store, name)
        host.sessions.duringRevocations {
            let record = try? await store.revocations([name])[name]
            #expect(record?.end == nil)
            #expect(record?.job.reason == "Maintenance" && record?.job.actor == "uid 1234")
        }
        let jobs = try await host.administration.revoke(
            [request(.user(.name(ann.name)))],
            by: host.caller
        )
        #expect(host.sessions.calls.map(\.reason) == ["Maintenance"])
        let job = try #require(jobs.first)
        #expect(job.selector == ["user": .text("\(ann.id)")])
        #expect(!job.isRepeated && !job.isResumed && job.endedAt != nil)
        let ended = try #require(job.outcome?.sessions.first)
        #expect(ended.id == session && ended.userID == ann.id && ended.serverID == server.id)
        #expect(ended.userName == ann.name && ended.serverShortID == server.shortID)
        // What is kept is what was answered.
        let kept = try await host.administration.revocation(name)
        #expect(kept.outcome == job.outcome && kept.endedAt == job.endedAt)
        let entry = try await host.entries("revocation").first
        #expect(entry?.properties["job"] == "night/7" && entry?.userID == ann.id)
        #expect(entry?.properties["resumed"] == nil)
    }

    @Test("the same job again ends nothing, also when its names mean nobody any more")
    func repetition() async throws {
        _ = host.openSession(of: ann, on: server)
        let bob = try await host.makeUser("bob")
        _ = host.openSession(of: bob, on: server)
        let asked = [request(.user(.name(bob.name)))]
        let first = try await host.administration.revoke(asked, by: host.caller)
        _ = host.openSession(of: bob, on: server)
        _ = try await host.administration.deleteUser(.id(bob.id), by: host.caller)
        host.sessions.forgetCalls()
        let again = try await host.administration.revoke(asked, by: host.caller)
        #expect(host.sessions.calls.isEmpty)
        #expect(again.first?.isRepeated == true)
        #expect(again.first?.outcome == first.first?.outcome)
        #expect(try await host.entries("revocation").count == 1)
        // Without a job the name must be somebody's.
        await #expect {
            try await host.administration.revoke(
                .user(.name(bob.name)),
                reason: nil,
                by: host.caller
            )
        } throws: {
            $0.isStore(.notFound(.user))
        }
    }

    @Test("another request under the same job is refused, and a mistake names its place")
    func reuse() async throws {
        _ = try await host.administration.revoke([request(.everything)], by: host.caller)
        host.sessions.forgetCalls()
        let others = [
            request(.server(.id(server.id))), request(.everything, reason: nil),
        ]
        for other in others {
            let fresh = RevocationRequest(target: .everything)
            await #expect {
                try await host.administration.revoke([fresh, other], by: host.caller)
            } throws: { error in
                guard case AdministrationError.inBatch(1, .jobReused) = error else { return false }
                return true
            }
        }
        #expect(host.sessions.calls.isEmpty)
        #expect(try await host.administration.revocations(before: nil, limit: 9).jobs.count == 1)
    }

    @Test("many jobs are one call to the gate, and each is answered in its place")
    func batch() async throws {
        let session = host.openSession(of: ann, on: server)
        let nobody = (0..<999).map { _ in
            RevocationRequest(target: .user(.id(.random())), reason: "gone")
        }
        let jobs = try await host.administration.revoke(
            nobody + [RevocationRequest(target: .server(.shortID(server.shortID)))],
            by: host.caller
        )
        #expect(jobs.count == 1000)
        #expect(jobs.dropLast().allSatisfy { $0.outcome?.found == 0 && $0.reason == "gone" })
        #expect(jobs.last?.outcome?.sessions.map(\.id) == [session])
        #expect(Set(jobs.map(\.id)).count == 1000)
        #expect(host.sessions.calls.count == 1000)
        #expect(host.sessions.calls.last?.reason == "Ended by the host's operator")
    }

    @Test("a repetition waits for the job that runs and is answered the same")
    func waiting() async throws {
        _ = host.openSession(of: ann, on: server)
        let (started, start) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        host.sessions.duringRevocations {
            start.finish()
            for await _ in released {}
        }
        let (administration, caller) = (host.administration, host.caller)
        let asked = [request(.everything)]
        async let first = administration.revoke(asked, by: caller)
        for await _ in started {}
        async let second = administration.revoke(asked, by: caller)
        // While it runs, it is shown as such.
        let running = try await administration.revocation(name)
        #expect(running.outcome == nil && running.endedAt == nil)
        release.finish()
        let (done, repeated) = (try await first, try await second)
        #expect(done.first?.isRepeated == false && repeated.first?.isRepeated == true)
        #expect(done.first?.outcome?.found == 1)
        #expect(done.first?.outcome == repeated.first?.outcome)
        #expect(host.sessions.calls.count == 1)
    }

    @Test("what an earlier gate left unfinished is done at the next start, once")
    func resumption() async throws {
        _ = try await host.store.beginRevocations([
            NewRevocation(
                id: name,
                request: ["user": "ann"],
                selector: ["user": .text("\(ann.id)")],
                reason: "Half-way",
                actor: "uid 42"
            )
        ])
        try await host.administration.resumeRevocations()
        #expect(host.sessions.selectors == [.user("\(ann.id)")])
        #expect(host.sessions.calls.first?.reason == "Half-way")
        let job = try await host.administration.revocation(name)
        #expect(job.isResumed && job.outcome?.found == 0 && job.endedAt != nil)
        let entry = try await host.entries("revocation").first
        #expect(entry?.actor == "uid 42" && entry?.properties["resumed"] == true)
        try await host.administration.resumeRevocations()
        #expect(host.sessions.calls.count == 1)
        // Whoever asked gets that answer.
        let again = try await host.administration.revoke(
            [request(.user(.name(ann.name)), reason: "Half-way")],
            by: host.caller
        )
        #expect(again.first?.isRepeated == true && again.first?.isResumed == true)
        #expect(host.sessions.calls.count == 1)
    }

    @Test(
        "a selector is read back as it was written",
        arguments: [
            RevocationSelector.session(SessionID(rawValue: 7)),
            .sessions([SessionID(rawValue: 7), SessionID(rawValue: 8)]), .user("u"), .server("s"),
            .userOnServer(user: "u", server: "s"), .userOnServers(user: "u", servers: ["s", "t"]),
            .key(fingerprint: "k"), .keyOfUser(user: "u", fingerprint: "k"), .everything,
        ]
    )
    func selectors(selector: RevocationSelector) {
        #expect(RevocationSelector(selector.members) == selector)
        var strange = selector.members
        strange["strange"] = true
        #expect(RevocationSelector(strange) == nil)
    }

    @Test("sessions end also when the store cannot take the record, and that is told")
    func locked() async throws {
        let host = try GateHost(busyTimeout: 0)
        let ann = try await host.makeUser("ann")
        _ = host.openSession(of: ann, on: try await host.makeServer("one", owner: ann))
        let rival = try StoreRival(path: host.directory.file("store/portcullis.sqlite"))
        try rival.begin()
        let unrecorded = try await host.administration.revoke(
            [request(.everything)],
            by: host.caller
        )
        try rival.end()
        #expect(unrecorded.first?.outcome?.found == 1)
        #expect(unrecorded.first?.number == nil && unrecorded.first?.endedAt != nil)
        #expect(host.log.lines.contains { $0.contains("cannot be recorded") })
        #expect(try await host.administration.revocations(before: nil, limit: 9).jobs.isEmpty)
        let job = try await host.administration.revoke([request(.everything)], by: host.caller)
        #expect(host.sessions.calls.count == 2 && job.first?.isRepeated == false)
        #expect(job.first?.number != nil)
    }
}
