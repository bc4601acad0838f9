import AccessControl
import GateTestSupport
import Gatekeeper
import SessionLink
import SubuserStore
import Testing

@Suite("Sessions, activity and what else the socket tells")
struct SessionRouteTests {
    @Test("health tells version and sessions")
    func health() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            _ = host.openSession(of: ann, on: try await host.makeServer("one", owner: ann))
            let reply = try await client.get("/healthz")
            #expect(reply.status == 200)
            #expect(try reply.json == ["status": "ok", "version": "1.2.3", "sessions": 1])
        }
    }

    @Test("a session is listed with everything known about it, and ended by its id")
    func sessions() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let id = host.openSession(of: ann, on: server)
            host.sessions.open(
                SessionSummary(
                    id: SessionID(rawValue: 7),
                    phase: .connecting,
                    peer: "[2001:db8::1]:1",
                    since: 0,
                    processID: 2
                )
            )
            guard case .list(let listed)? = try await client.get("/v1/sessions").value("sessions"),
                case .object(let session)? = listed.first, case .object(let bare)? = listed.last
            else {
                Issue.record("no sessions")
                return
            }
            #expect(session["id"] == .text("\(id)"))
            #expect(session["phase"] == "open")
            #expect(session["peer"] == "192.0.2.7:50000")
            #expect(session["user"] == .text("\(ann.id)"))
            #expect(session["username"] == "ann")
            #expect(session["server"] == .text("\(server.id)"))
            #expect(session["serverShortId"] == .text("\(server.shortID)"))
            #expect(session["since"] == "1970-01-12T13:46:40.000Z")
            #expect(session["pid"] == 4321)
            let counters = [
                "bytesReceived", "bytesSent", "contentRead", "contentWritten", "requests",
                "unanswered", "readRate", "writeRate",
            ]
            for counter in counters { #expect(session[counter] == 0) }
            #expect(session["rights"] == .texts(FileRight.allCases.map(\.rawValue)))
            #expect(bare["id"] == "000000000007")
            #expect(bare["user"] == .null && bare["client"] == .null)
            let ended = try await client.delete("/v1/sessions/\(id)")
            #expect(ended.status == 200)
            #expect(try ended.value("revocation", "found") == 1)
            let gone = try await client.delete("/v1/sessions/\(id)")
            #expect(gone.status == 404)
            #expect(try gone.errorCode() == "session_not_found")
            #expect(try await client.delete("/v1/sessions/x").errorCode() == "session_not_found")
        }
    }

    @Test("a revocation takes one selector, or a user on a server, and a reason")
    func revocations() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let fingerprint = "\(KeyFingerprint(ofBlob: [1]))"
            let pairs: [(String, RevocationSelector)] = [
                (#""user": "ann""#, .user("\(ann.id)")),
                (#""server": "\#(server.shortID)""#, .server("\(server.id)")),
                (
                    #""user": "ann@example.org", "server": "\#(server.id)""#,
                    .userOnServer(user: "\(ann.id)", server: "\(server.id)")
                ),
                (#""session": "000000000007""#, .session(SessionID(rawValue: 7))),
                (#""key": "\#(fingerprint)""#, .key(fingerprint: fingerprint)),
                (#""all": true"#, .everything),
            ]
            for (fields, selector) in pairs {
                let reply = try await client.post(
                    "/v1/revocations",
                    #"{\#(fields), "reason": "maintenance"}"#
                )
                #expect(reply.status == 200)
                #expect(try reply.value("revocation", "found") == 0)
                #expect(host.sessions.calls.last?.selector == selector)
                #expect(host.sessions.calls.last?.reason == "maintenance")
            }
            let refused: [(String, String)] = [
                ("{}", "missing_selector"),
                (#"{"all": false}"#, "missing_selector"),
                (#"{"all": true, "user": "ann"}"#, "conflicting_selectors"),
                (#"{"session": "000000000007", "key": "x"}"#, "conflicting_selectors"),
                (#"{"key": "x"}"#, "invalid_key"),
                (#"{"user": "nobody"}"#, "user_not_found"),
                (#"{"all": true, "reason": "two\nlines"}"#, "invalid_reason"),
            ]
            for (body, code) in refused {
                #expect(try await client.post("/v1/revocations", body).errorCode() == code)
            }
            #expect(host.sessions.calls.count == pairs.count)
        }
    }

    @Test("activity is filtered and paged, and tells who changed what")
    func activity() async throws {
        try await withServedHost { host, client in
            let made = try await client.post(
                "/v1/users",
                #"{"username": "ann", "email": "ann@example.org"}"#
            )
            #expect(made.status == 201)
            let ann = try await host.administration.user(.name(UserName("ann")))
            let server = try await host.makeServer("one", owner: ann)
            try await host.store.record([
                ActivityEntry(
                    event: "server:sftp.login",
                    userID: ann.id,
                    userName: "ann",
                    serverID: server.id,
                    session: "000000000007",
                    ip: "192.0.2.7",
                    properties: ["method": "password"]
                )
            ])
            func events(_ query: String) async throws -> [JSONValue?] {
                guard
                    case .list(let entries)? = try await client.get("/v1/activity?\(query)")
                        .value("activity")
                else { return [] }
                return entries.map { entry in
                    guard case .object(let members) = entry else { return nil }
                    return members["event"]
                }
            }
            #expect(
                try await events("") == ["server:sftp.login", "server:create", "user:create"]
            )
            #expect(try await events("user=ann") == ["server:sftp.login", "user:create"])
            #expect(
                try await events("server=\(server.shortID)") == [
                    "server:sftp.login", "server:create",
                ]
            )
            #expect(try await events("event=user%3Acreate&user=\(ann.id)") == ["user:create"])
            let first = try await client.get("/v1/activity?limit=2")
            guard case .number(let next)? = try first.value("next") else {
                Issue.record("no next page")
                return
            }
            #expect(try await events("limit=2&before=\(next)") == ["user:create"])
            let last = try await client.get("/v1/activity?before=\(next)")
            #expect(try last.value("next") == .null)
            guard case .list(let entries)? = try last.value("activity"),
                case .object(let entry)? = entries.first
            else {
                Issue.record("no entry")
                return
            }
            #expect(entry["username"] == "ann")
            // The test itself is at the other end of the socket.
            #expect(entry["actor"] == .text("uid \(ownUserID)"))
            #expect(entry["server"] == .null && entry["ip"] == .null)
            #expect(entry["properties"] == .object(["email": "ann@example.org"]))
        }
    }

    @Test("bad filters are refused, each by its name")
    func badFilters() async throws {
        try await withServedHost { _, client in
            #expect(try await client.get("/v1/activity").status == 200)
            let refused = [
                ("limit=0", "invalid_limit"), ("limit=x", "invalid_limit"),
                ("limit=1001", "invalid_limit"), ("limit=-1", "invalid_limit"),
                ("before=-1", "invalid_before"), ("before=0", "invalid_before"),
                ("after=-1", "invalid_after"), ("after=x", "invalid_after"),
                ("after=1&before=2", "invalid_after"), ("event=a*b", "invalid_event"),
                ("event=%20", "invalid_event"), ("since=yesterday", "invalid_since"),
                ("until=2026-11-21", "invalid_until"), ("user=nobody", "user_not_found"),
                ("server=12345678", "server_not_found"), ("sort=asc", "unknown_parameter"),
            ]
            for (query, code) in refused {
                let reply = try await client.get("/v1/activity?\(query)")
                #expect(try reply.errorCode() == code)
            }
        }
    }

    @Test("the catalogue is listed by groups, with what is sensitive marked")
    func permissions() async throws {
        try await withServedHost { _, client in
            let reply = try await client.get("/v1/permissions")
            guard case .list(let groups)? = try reply.value("groups") else {
                Issue.record("no groups")
                return
            }
            let backup = groups.compactMap { group -> JSONValue? in
                guard case .object(let members) = group, members["name"] == "backup" else {
                    return nil
                }
                return members["permissions"]
            }
            guard case .list(let permissions)? = backup.first else {
                Issue.record("no group for backups")
                return
            }
            let sensitive = permissions.compactMap { permission -> JSONValue? in
                guard case .object(let members) = permission, members["sensitive"] == true else {
                    return nil
                }
                return members["name"]
            }
            #expect(sensitive == ["backup.download", "backup.restore"])
        }
    }
}
