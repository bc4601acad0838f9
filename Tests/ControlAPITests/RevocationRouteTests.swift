import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("Revocations over the socket")
struct RevocationRouteTests {
    @Test("a revocation is answered with its job and each session, and the same when repeated")
    func answer() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let id = host.openSession(of: ann, on: server)
            let body = #"{"user": "ann", "servers": ["\#(server.shortID)"], "job": "a/b c"}"#
            let reply = try await client.post("/v1/revocations", body)
            #expect(reply.status == 200)
            var answer = try reply.json
            #expect(answer["job"] == "a/b c" && answer["state"] == "done")
            #expect(
                answer["selector"]
                    == .object(["user": .text("\(ann.id)"), "servers": .texts(["\(server.id)"])])
            )
            #expect(answer["repeated"] == false && answer["resumed"] == false)
            #expect(try reply.value("revocation", "found") == 1)
            #expect(answer["sessions"]?.elements.first?.at("id") == .text("\(id)"))
            #expect(answer["sessions"]?.elements.first?.at("ended") == "goodbye")
            let again = try await client.post("/v1/revocations", body).json
            answer["repeated"] = true
            #expect(again == answer)
            answer["repeated"] = nil
            #expect(try await client.get("/v1/revocations/a%2Fb%20c").json == answer)
            answer["sessions"] = nil
            let listed = try await client.get("/v1/revocations")
            #expect(try listed.json == ["revocations": .list([.object(answer)]), "next": .null])
            let other = try await client.post("/v1/revocations", #"{"all": true, "job": "a/b c"}"#)
            #expect(try other.errorCode() == "job_reused")
            #expect(other.status == 422)
            let missing = try await client.get("/v1/revocations/a")
            #expect(try missing.errorCode() == "revocation_not_found")
            #expect(missing.status == 404)
        }
    }

    @Test("a batch is answered in its order, and a mistake in it by its index")
    func batch() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            _ = host.openSession(of: ann, on: server)
            let mistake = try await client.post(
                "/v1/revocations",
                #"{"jobs": [{"user": "ann"}, {"user": "ann"}, {"user": "nobody"}]}"#
            )
            #expect(try mistake.errorCode() == "user_not_found")
            #expect(try mistake.value("error", "index") == 2)
            #expect(host.sessions.calls.isEmpty)
            let reply = try await client.post(
                "/v1/revocations",
                #"{"jobs": [{"user": "ann", "job": "1"}, {"all": true, "job": "2"}]}"#
            )
            let jobs = try reply.value("jobs")?.elements ?? []
            #expect(jobs.map { $0.at("job") } == ["1", "2"])
            #expect(jobs.map { $0.at("revocation", "found") } == [1, 1])
        }
    }
}
