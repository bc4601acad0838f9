import AccessControl
import Gatekeeper
import SessionLink
import Testing

@Suite("Which sessions a revocation means")
struct SessionRegistryTests {
    private static func summary(
        _ number: UInt64,
        phase: SessionSummary.Phase = .open,
        user: String? = nil,
        server: String? = nil,
        key: String? = nil
    ) -> SessionSummary {
        SessionSummary(
            id: SessionID(rawValue: number),
            phase: phase,
            peer: "127.0.0.1:1",
            userID: user,
            serverID: server,
            keyFingerprint: key,
            since: Double(number),
            processID: Int32(number)
        )
    }

    private static let registry = {
        var registry = SessionRegistry()
        registry.update(summary(1, user: "ada", server: "one", key: "SHA256:a"))
        registry.update(summary(2, user: "ada", server: "two"))
        registry.update(summary(3, user: "bob", server: "one", key: "SHA256:b"))
        registry.update(summary(4, phase: .connecting))
        registry.update(summary(5, phase: .authenticating))
        return registry
    }()

    private struct Case: Sendable {
        let selector: RevocationSelector
        let found: [UInt64]
    }

    private static let cases = [
        Case(selector: .user("ada"), found: [1, 2]),
        Case(selector: .server("one"), found: [1, 3]),
        Case(selector: .userOnServer(user: "ada", server: "two"), found: [2]),
        Case(selector: .userOnServer(user: "bob", server: "two"), found: []),
        Case(selector: .key(fingerprint: "SHA256:b"), found: [3]),
        Case(selector: .keyOfUser(user: "ada", fingerprint: "SHA256:a"), found: [1]),
        Case(selector: .keyOfUser(user: "bob", fingerprint: "SHA256:a"), found: []),
        Case(selector: .session(SessionID(rawValue: 4)), found: [4]),
        Case(selector: .session(SessionID(rawValue: 9)), found: []),
        Case(selector: .everything, found: [1, 2, 3, 4, 5]),
    ]

    @Test("Each selector finds exactly its own sessions", arguments: cases)
    private func matching(example: Case) {
        #expect(Self.registry.matching(example.selector).map(\.rawValue) == example.found)
    }

    @Test("Many selectors find together what each finds alone")
    func matchingTogether() {
        let selectors =
            Self.cases.map(\.selector) + [
                .userOnServers(user: "ada", servers: ["one", "three"]),
                .sessions([SessionID(rawValue: 3), SessionID(rawValue: 8)]),
            ]
        let found = Self.registry.matching(selectors)
        #expect(found == selectors.map { Self.registry.matching($0) })
        #expect(found.suffix(2).map { $0.map(\.rawValue) } == [[1], [3]])
    }

    @Test("A session that is gone is neither found nor brought back by a late change")
    func removal() {
        var registry = Self.registry
        let id = SessionID(rawValue: 1)
        registry.remove(id)
        registry.change(id) { $0.phase = .ending }
        #expect(registry[id] == nil)
        #expect(registry.matching(.user("ada")).map(\.rawValue) == [2])
    }
}
