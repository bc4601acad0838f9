import ControlAPI
import GateTestSupport
import Gatekeeper
import Testing

@Suite("A connection on which nothing moves", .timeLimit(.minutes(1)))
struct IdleConnectionTests {
    private static let limit: Duration = .seconds(1)

    @Test(
        "is closed, however much of a request has come",
        arguments: [
            "", "POST /v1/us", "POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Le",
            "POST /v1/users HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n\r\n{",
            "PUT /v1/snapshot HTTP/1.1\r\nHost: gate\r\nContent-Length: 10\r\n\r\n{",
        ]
    )
    func unfinished(sent: String) async throws {
        try await withServedHost(idleLimit: Self.limit) { host, client in
            let caller = try RawCaller(socket: client.socket)
            defer { caller.close() }
            try caller.send(sent)
            #expect(await caller.textUntilClosed() == "")
            #expect(host.log.lines.filter { $0.hasPrefix("error") } == [])
        }
    }

    @Test("is closed after its last answer")
    func kept() async throws {
        try await withServedHost(idleLimit: Self.limit) { _, client in
            let caller = try RawCaller(socket: client.socket)
            defer { caller.close() }
            try caller.send("GET /healthz HTTP/1.1\r\nHost: gate\r\n\r\n")
            #expect(await caller.textUntilClosed().hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test("is kept for an answer that takes longer")
    func longAnswer() async throws {
        try await withServedHost(idleLimit: Self.limit) { host, client in
            host.sessions.duringRevocations {
                // This one began later and has sat out its time when it is closed.
                guard let other = try? RawCaller(socket: client.socket) else { return }
                _ = await other.textUntilClosed()
                other.close()
            }
            let reply = try await client.post("/v1/revocations", #"{"all":true}"#)
            #expect(reply.status == 200)
            #expect(host.sessions.selectors == [.everything])
        }
    }
}
