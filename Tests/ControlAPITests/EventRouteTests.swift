import AccessControl
import ControlAPI
import Foundation
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Following events over the socket", .timeLimit(.minutes(3)))
struct EventRouteTests {
    private func revoke(_ client: ControlClient, job: String) async throws {
        let reply = try await client.post("/v1/revocations", #"{"all": true, "job": "\#(job)"}"#)
        #expect(reply.status == 200)
    }

    /// What `GET /v1/activity` has, the oldest first, each on one line.
    private func record(_ client: ControlClient, _ query: String = "") async throws -> [String] {
        let reply = try await client.get("/v1/activity?after=0\(query)")
        guard case .list(let entries)? = try reply.value("activity") else { return [] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try entries.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    }

    @Test("a stream begins with where it is, and tells what happens from then on as it is recorded")
    func new() async throws {
        try await withServedHost { _, client in
            try await revoke(client, job: "before")
            try await client.listen { stream async throws in
                #expect(try await stream.block() == .init(id: "1"))
                try await revoke(client, job: "one")
                try await revoke(client, job: "two")
                let first = try await stream.event()
                let second = try await stream.event()
                #expect([first?.id, second?.id] == ["2", "3"])
                #expect([first?.event, second?.event] == ["revocation", "revocation"])
                let told = [first?.data, second?.data].compactMap { $0 }
                #expect(told == Array(try await record(client).dropFirst()))
            }
        }
    }

    @Test("the header says where to go on, and else the parameter, and one counts before the other")
    func positions() async throws {
        try await withServedHost { _, client in
            for number in 1...5 { try await revoke(client, job: "\(number)") }
            let starts: [(String, String?, String)] = [
                ("?after=0", nil, "1"), ("?after=3", nil, "4"), ("", "2", "3"), ("", "0", "1"),
                ("?after=0", "4", "5"), ("?after=4", "0", "1"), ("?after=3", "", "4"),
            ]
            for (query, header, expected) in starts {
                try await client.listen("/v1/events\(query)", lastEventID: header) {
                    stream async throws in
                    #expect(try await stream.event()?.id == expected, "\(query) \(header ?? "")")
                }
            }
            // A parameter that is empty is none.
            try await client.listen("/v1/events?after=") { stream async throws in
                #expect(try await stream.block()?.id == "5")
            }
        }
    }

    @Test("only what is asked for is told, and all of that")
    func choice() async throws {
        try await withServedHost { host, client in
            let (ann, bob) = (try await host.makeUser("ann"), try await host.makeUser("bob"))
            let server = try await host.makeServer("one", owner: ann)
            _ = try await host.makeServer("two", owner: ann)
            try await host.store.record([
                ActivityEntry(.login, userID: bob.id, serverID: server.id),
                ActivityEntry(.write, userID: bob.id, serverID: server.id),
                ActivityEntry(.logout, userID: bob.id, serverID: server.id),
                ActivityEntry(.login, userID: ann.id, serverID: server.id),
                ActivityEntry(.lock),
            ])
            let expected: [(String, [String])] = [
                (
                    "",
                    [
                        "server:sftp.login", "server:sftp.logout", "server:sftp.login",
                        "host:lockdown.on",
                    ]
                ),
                ("&event=*", []),
                ("&event=server:sftp.*", []),
                ("&event=user:create", ["user:create", "user:create"]),
                ("&user=bob&event=*", []),
                ("&user=\(bob.id)", ["server:sftp.login", "server:sftp.logout"]),
                ("&server=\(server.shortID)&event=server:sftp.write", ["server:sftp.write"]),
                ("&server=\(server.id)&user=ann", ["server:sftp.login"]),
            ]
            for (query, events) in expected {
                // Where nothing is listed it is what the record has.
                let wanted = events.isEmpty ? try await record(client, query) : []
                #expect(!events.isEmpty || wanted.count > 1)
                try await client.listen("/v1/events?after=0\(query)") { stream async throws in
                    for event in events {
                        #expect(try await stream.event()?.event == event, "\(query)")
                    }
                    for entry in wanted {
                        #expect(try await stream.event()?.data == entry, "\(query)")
                    }
                }
            }
        }
    }

    @Test("what cannot be meant is refused, as the record refuses it")
    func refusals() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let refused = [
                ("server=nowhere1", 404, "server_not_found"), ("user=none", 404, "user_not_found"),
                ("event=a%20b", 422, "invalid_event"), ("after=-1", 422, "invalid_after"),
                ("after=x", 422, "invalid_after"), ("limit=3", 422, "unknown_parameter"),
                ("before=3", 422, "unknown_parameter"),
            ]
            for (query, status, code) in refused {
                let reply = try await client.get("/v1/events?\(query)")
                #expect(reply.status == status, "\(query)")
                #expect(try reply.errorCode() == code, "\(query)")
                guard code != "unknown_parameter" else { continue }
                let other = try await client.get("/v1/activity?\(query)")
                #expect(other.status == status, "\(query)")
                #expect(try other.errorCode() == code, "\(query)")
            }
            for text in ["-1", "x", "1.0", "9223372036854775808", " "] {
                let reply = try await client.get("/v1/events", lastEventID: text)
                // A blank around a value is none of it (RFC 9110 section 5.5).
                guard text != " " else {
                    #expect(reply.status == 200)
                    continue
                }
                #expect(reply.status == 422, "\(text)")
                #expect(try reply.errorCode() == "invalid_last_event_id", "\(text)")
            }
            // One entry was recorded so far.
            for position in ["2", "9223372036854775807"] {
                let byHeader = try await client.get("/v1/events", lastEventID: position)
                let byParameter = try await client.get("/v1/events?after=\(position)")
                for reply in [byHeader, byParameter] {
                    #expect(reply.status == 409)
                    #expect(try reply.errorCode() == "unknown_position")
                }
            }
            #expect(try await client.get("/v1/events?after=1").status == 200)
            let posted = try await client.post("/v1/events", "{}")
            #expect(posted.status == 405 && posted.allow == "GET")
        }
    }

    @Test("a quiet stream says now and then how far it has looked, and is not closed as idle")
    func heartbeats() async throws {
        try await withServedHost(
            idleLimit: .milliseconds(300),
            heartbeat: .milliseconds(200)
        ) { host, client in
            try await client.listen { stream async throws in
                #expect(try await stream.block()?.id == "0")
                #expect(try await stream.block() == .init(id: "0", isComment: true))
                // Nobody wants this, and nobody need look at it again.
                try await host.store.record([ActivityEntry(.write)])
                for _ in 0..<10 { #expect(try await stream.block()?.isComment == true) }
                #expect(try await stream.block() == .init(id: "1", isComment: true))
                try await revoke(client, job: "late")
                #expect(try await stream.event()?.id == "2")
            }
        }
    }
}
