import Foundation
import GateTestSupport
import Gatekeeper
import SubuserStore
import Testing

@Suite("The document of the whole store over the socket")
struct SnapshotRouteTests {
    private static let users = [
        "01234567-89ab-4def-8123-456789abcdef", "11111111-1111-4111-8111-111111111111",
    ]
    private static let server = "1a2b3c4d-0000-4000-8000-000000000000"
    private static let key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7FluVDujIlh8qCJ6SRF1U5slZVfnuwZDNq60VUxY6e"

    /// Lines that stand together; what refers to others comes first.
    private static let lines = [
        #"{"kind":"delegation","owner":"\#(users[0])","user":"\#(users[1])","permissions":["file.sftp"]}"#,
        #"{"kind":"subuser","server":"\#(server)","user":"\#(users[1])","permissions":["file.*"]}"#,
        #"{"kind":"key","user":"\#(users[1])","publicKey":"\#(key) laptop","name":null}"#,
        #"{"kind":"server","uuid":"\#(server)","name":"Ünïcode \"/\" 服务器","owner":"\#(users[0])","#
            + #""directory":"a/b","state":"suspended"}"#,
        #"{"kind":"user","uuid":"\#(users[0])","username":"ann","email":"Ann@example.org"}"#,
        #"{"kind":"user","uuid":"\#(users[1])","username":"bob","email":"bob@example.org","#
            + #""passwordHash":"$2y$04$s/ImRc0lzOG5TPzBEFu.U.lERBG42EebO66/rU7CcM8MWWda49xhy","#
            + #""administrator":true,"twoFactor":true,"disabled":true}"#,
    ]

    private static func body(_ lines: [String]) -> Data {
        Data(lines.map { $0 + "\n" }.joined().utf8)
    }

    @Test("is taken, and comes back the same whoever asks")
    func roundTrip() async throws {
        try await withServedHost { host, client in
            let trial = try await client.send(
                "PUT",
                "/v1/snapshot?dryRun=true",
                Self.body(Self.lines)
            )
            #expect(trial.status == 200)
            #expect(try trial.value("dryRun") == true)
            #expect(try trial.value("changes", "users", "added") == 2)
            #expect(try await host.store.users().isEmpty)
            let done = try await client.send("PUT", "/v1/snapshot", Self.body(Self.lines))
            #expect(try done.value("dryRun") == false)
            #expect(try done.value("changes") == trial.value("changes"))
            #expect(try done.value("changes", "users", "names", "added") == .texts(["ann", "bob"]))
            #expect(try done.value("unusableDirectories") == 1)
            #expect(try done.value("revocation", "found") == 0)
            #expect(try await host.store.servers().map(\.state) == [.suspended])
            #expect(try await client.get("/v1/users/bob").value("user", "administrator") == true)

            let exported = try await client.get("/v1/snapshot")
            #expect(exported.status == 200)
            #expect(exported.contentType == "application/jsonl; charset=utf-8")
            let text = String(decoding: exported.body, as: UTF8.self)
            #expect(text.split(separator: "\n").count == Self.lines.count + 1)
            #expect(text.hasSuffix("\n"))
            #expect(text.contains(#""name":"Ünïcode \"/\" 服务器""#))
            #expect(text.contains(#""name":"laptop","publicKey":"\#(Self.key)""#))
            let again = try await client.send("PUT", "/v1/snapshot", exported.body)
            #expect(again.status == 200)
            for kind in ["users", "keys", "servers", "subusers", "delegations"] {
                for change in ["added", "changed", "removed"] {
                    #expect(try again.value("changes", kind, change) == 0)
                }
            }
            #expect(try await client.get("/v1/snapshot").body == exported.body)
            #expect(try await host.entries("snapshot:import").count == 1)
        }
    }

    @Test("names the line that cannot be read, and then changes nothing")
    func refusedLines() async throws {
        try await withServedHost { host, client in
            let good = try await client.send("PUT", "/v1/snapshot", Self.body(Self.lines))
            #expect(good.status == 200)
            let before = try await client.get("/v1/snapshot").body
            let refused = [
                ("{", "Line 7: The body cannot be read as JSON"),
                ("[]", "Line 7: The body must be a JSON object."),
                (#"{"uuid":"x"}"#, "Line 7: Its kind must be one of snapshot, user, key"),
                (#"{"kind":"group"}"#, "Line 7: Its kind must be one of"),
                (#"{"kind":"key","user":"\#(Self.users[0])"}"#, "Line 7: The field 'publicKey' is"),
                (#"{"kind":"user","uuid":"7"}"#, "Line 7: The field 'uuid' must be a UUID."),
                (#"{"kind":"user","color":"red"}"#, "Line 7: There is no field 'color' here"),
                (
                    #"{"kind":"user","uuid":"\#(Self.server)","username":"c","email":"c"}"#,
                    "Line 7: This is not a valid email address."
                ),
                (
                    #"{"kind":"user","uuid":"\#(Self.server)","username":"c","email":"c@d.e","#
                        + #""passwordHash":"secret"}"#,
                    "Line 7: The password cannot be taken"
                ),
                (
                    #"{"kind":"user","uuid":"\#(Self.server)","username":"ann","email":"c@d.e"}"#,
                    "Line 7: A user of this name is on line 5 already."
                ),
                (Self.lines[1], "Line 7: This user is a subuser of this server on line 2 already."),
                (
                    #"{"kind":"snapshot","users":3,"keys":1,"servers":1,"subusers":1,"delegations":1}"#,
                    "Line 7: The document says that it holds 3 users"
                ),
                (
                    #"{"kind":"user","x":"\#(String(repeating: "x", count: 1 << 17))"}"#,
                    "Line 7: It is longer than the 65536 bytes allowed."
                ),
                ("\u{0}\u{FF}", "Line 7: The body cannot be read as JSON"),
            ]
            for (line, message) in refused {
                // The lines that follow would be good, or bad for another reason.
                let body = Self.body(Self.lines + [line, "nonsense"])
                let reply = try await client.send("PUT", "/v1/snapshot", body)
                #expect(reply.status == 422, "\(line.prefix(80))")
                #expect(try reply.errorCode() == "invalid_snapshot")
                let told = try reply.errorMessage() ?? ""
                let isEarlier = message.contains("document says")
                #expect(told.hasPrefix(isEarlier ? "Line 8" : message), "\(told.prefix(200))")
            }
            let cut = Self.body(
                Self.lines.dropLast() + [
                    #"{"kind":"snapshot","users":2,"keys":1,"servers":1,"subusers":1,"delegations":1}"#
                ]
            )
            let reply = try await client.send("PUT", "/v1/snapshot", cut)
            #expect(try reply.errorMessage()?.contains("it is not complete") == true)
            for empty in [Data(), Data("\n \n".utf8)] {
                let reply = try await client.send("PUT", "/v1/snapshot", empty)
                #expect(try reply.errorCode() == "invalid_snapshot")
            }
            let query = try await client.send("PUT", "/v1/snapshot?dryRun=1", Self.body(Self.lines))
            #expect(try query.errorCode() == "invalid_dryRun")
            #expect(try await client.get("/v1/snapshot").body == before)
            #expect(try await host.entries("snapshot:import").count == 1)
        }
    }

    @Test("may be larger than any other body, and each line in it is small")
    func size() async throws {
        try await withServedHost { host, client in
            let blank = String(repeating: " ", count: 60_000)
            let lines = Self.lines + Array(repeating: blank, count: 40)
            let body = Self.body(lines)
            #expect(body.count > 2 << 20)
            let other = try await client.send("POST", "/v1/users", body.prefix((1 << 20) + 1))
            #expect(other.status == 413)
            let reply = try await client.send("PUT", "/v1/snapshot", body)
            #expect(reply.status == 200)
            #expect(try await host.store.users().count == 2)
        }
    }

    @Test("with 22,000 lines is taken whole, and removed whole")
    func many() async throws {
        try await withServedHost { host, client in
            var lines: [String] = []
            func id(_ number: Int) -> String {
                let digits = String(number, radix: 16)
                return String(repeating: "0", count: 8 - digits.count) + digits
                    + "-0000-4000-8000-000000000000"
            }
            for number in 0..<10_000 {
                lines.append(
                    #"{"kind":"user","uuid":"\#(id(number))","username":"u\#(number)","#
                        + #""email":"u\#(number)@example.org"}"#
                )
            }
            for number in 0..<2_000 {
                lines.append(
                    #"{"kind":"server","uuid":"\#(id(number))","name":"S \#(number)","#
                        + #""owner":"\#(id(number))","directory":"s\#(number)"}"#
                )
            }
            for number in 0..<10_000 {
                lines.append(
                    #"{"kind":"subuser","server":"\#(id(number % 2000))","#
                        + #""user":"\#(id((number + 2001) % 10_000))","#
                        + #""permissions":["file.sftp","file.read"]}"#
                )
            }
            let body = Self.body(lines)
            let done = try await client.send("PUT", "/v1/snapshot", body)
            #expect(done.status == 200)
            #expect(try done.value("changes", "users", "added") == 10_000)
            #expect(try done.value("changes", "subusers", "added") == 10_000)
            guard case .list(let names)? = try done.value("changes", "users", "names", "added")
            else {
                Issue.record("no names")
                return
            }
            #expect(names.count == 1000)
            #expect(try await host.store.users().count == 10_000)
            // None is lost, though the log keeps a bounded number.
            var kept = 0
            var before: Int64?
            repeat {
                let page = try await host.store.activity(
                    ActivityQuery(
                        event: .exactly("server:subuser.create"),
                        limit: 1000,
                        start: before.map { .before($0) } ?? .newest
                    )
                )
                kept += page.records.count
                before = page.next
            } while before != nil
            #expect(kept == 10_000)
            let empty =
                #"{"kind":"snapshot","users":0,"keys":0,"servers":0,"subusers":0,"delegations":0}"#
            let gone = try await client.send("PUT", "/v1/snapshot", Self.body([empty]))
            #expect(try gone.value("changes", "subusers", "removed") == 10_000)
            #expect(try await host.store.users().isEmpty)
        }
    }
}
