import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore
import Testing

@Suite("Ending sessions by hand")
struct SessionEndingTests {
    @Test("a session is ended by its id, and one that is not there is said to be missing")
    func single() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        let id = host.openSession(of: ann, on: server)
        let kept = host.openSession(of: ann, on: server)
        let done = try await host.administration.endSession(id, by: host.caller)
        #expect(done.revocation.found == 1)
        #expect(await host.administration.sessions().map(\.id) == [kept])
        #expect(try await host.entries("session:end").first?.session == "\(id)")
        await #expect(throws: AdministrationError.self) {
            try await host.administration.endSession(id, by: host.caller)
        }
        #expect(try await host.entries("session:end").count == 1)
    }

    @Test("names are looked up, and each target becomes its selector")
    func targets() async throws {
        let host = try GateHost()
        let ann = try await host.makeUser("ann")
        let server = try await host.makeServer("one", owner: ann)
        let fingerprint = KeyFingerprint(ofBlob: [1])
        let session = SessionID.random()
        let pairs: [(RevocationTarget, RevocationSelector)] = [
            (.user(.name(ann.name)), .user("\(ann.id)")),
            (.server(.shortID(server.shortID)), .server("\(server.id)")),
            (
                .userOnServer(.email(ann.email), .id(server.id)),
                .userOnServer(user: "\(ann.id)", server: "\(server.id)")
            ),
            (.key(fingerprint), .key(fingerprint: "\(fingerprint)")),
            (.session(session), .session(session)),
            (.everything, .everything),
        ]
        for (target, selector) in pairs {
            let done = try await host.administration.revoke(
                target,
                reason: "maintenance",
                by: host.caller
            )
            #expect(done.selector == selector.members)
            #expect(host.sessions.calls.last?.selector == selector)
            #expect(host.sessions.calls.last?.reason == "maintenance")
        }
        let entries = try await host.entries("revocation")
        #expect(entries.count == pairs.count)
        #expect(entries.first?.properties["all"] == true)
        #expect(entries.last?.userID == ann.id)
        #expect(entries.allSatisfy { $0.properties["reason"] == "maintenance" })
    }

    @Test("a uuid need not be known, a name must be")
    func unknown() async throws {
        let host = try GateHost()
        let gone = UserID.random()
        _ = try await host.administration.revoke(.user(.id(gone)), reason: nil, by: host.caller)
        #expect(host.sessions.selectors == [.user("\(gone)")])
        await #expect {
            try await host.administration.revoke(
                .user(.name(UserName("nobody"))),
                reason: nil,
                by: host.caller
            )
        } throws: {
            $0.isStore(.notFound(.user))
        }
        #expect(host.sessions.calls.count == 1)
    }
}
