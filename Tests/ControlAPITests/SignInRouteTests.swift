import AccessControl
import Foundation
import GateTestSupport
import SignInSecrets
import SubuserStore
import Testing

@Suite("Second factors, app passwords and policies over the socket")
struct SignInRouteTests {
    private static let base32 = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

    private static func code(of secret: JSONValue?) throws -> String {
        guard case .text(let text)? = secret else { return "" }
        let secret = try #require(SharedSecret(base32: text))
        let step = TimeBasedCode.step(atSecond: Timestamp.now.milliseconds / 1000)
        return TimeBasedCode.code(of: secret, step: step)
    }

    @Test("a second factor is begun, confirmed with a code, shown and removed")
    func secondFactor() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let path = "/v1/users/ann/second-factor"
            #expect(try await client.get(path).value("secondFactor") == .null)
            let begun = try await client.post(path, "{}")
            #expect(begun.status == 201)
            #expect(try begun.value("secondFactor", "confirmed") == false)
            #expect(try begun.value("secondFactor", "pending") == true)
            #expect(try begun.value("revocation", "found") == 0)
            guard case .text(let uri)? = try begun.value("uri"),
                case .text(let secret)? = try begun.value("secret")
            else {
                Issue.record("no secret")
                return
            }
            #expect(
                uri == "otpauth://totp/Portcullis:ann?secret=\(secret)&issuer=Portcullis"
                    + "&algorithm=SHA1&digits=6&period=30"
            )
            #expect(
                try await client.post("/v1/users/ann/recovery-codes", "").errorCode()
                    == "second_factor_unconfirmed"
            )
            let wrong = try await client.post("\(path)/confirmation", #"{"code": "abc"}"#)
            #expect(wrong.status == 422)
            #expect(try wrong.errorCode() == "wrong_code")
            let right = #"{"code": "\#(try Self.code(of: begun.value("secret")))"}"#
            let confirmed = try await client.post("\(path)/confirmation", right)
            #expect(confirmed.status == 200)
            #expect(try confirmed.value("secondFactor", "recoveryCodesLeft") == 10)
            #expect(try confirmed.value("recoveryCodes")?.texts.count == 10)
            let again = try await client.post("\(path)/confirmation", right)
            #expect(again.status == 409)
            #expect(try again.errorCode() == "second_factor_exists")
            let renewed = try await client.post("/v1/users/ann/recovery-codes", "")
            #expect(renewed.status == 201)
            #expect(try renewed.value("recoveryCodes") != confirmed.value("recoveryCodes"))
            let shown = try await client.get(path)
            #expect(try shown.value("secondFactor") == renewed.value("secondFactor"))
            let removed = try await client.delete(path)
            #expect(try removed.value("deleted") == .text("\(ann.id)"))
            #expect(try await client.delete(path).errorCode() == "second_factor_not_found")
        }
    }

    @Test(
        "a panel's own secret is taken, counts at once when it says so, and is replaced when asked"
    )
    func panelsSecret() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let path = "/v1/users/ann/second-factor"
            let body = #"{"secret": "\#(Self.base32)", "confirmed": true}"#
            let made = try await client.post(path, body)
            #expect(made.status == 201)
            #expect(try made.value("secret") == .text(Self.base32))
            #expect(try made.value("secondFactor", "confirmed") == true)
            #expect(try made.value("secondFactor", "recoveryCodesLeft") == 0)
            #expect(try host.store.signInCredentials(userName: "ann")?.hasCode == true)
            #expect(try await client.post(path, body).status == 200)
            #expect(try await client.post(path, "{}").errorCode() == "second_factor_exists")
            let replaced = try await client.post(path, #"{"replace": true}"#)
            #expect(try replaced.value("secondFactor", "confirmed") == true)
            #expect(try replaced.value("secondFactor", "pending") == true)
            for (wrong, code) in [
                (#"{"secret": "JBSWY3DP"}"#, "invalid_secret"),
                (#"{"secret": "1"}"#, "invalid_secret"),
                (#"{"confirmed": true}"#, "missing_field"),
                (#"{"secret": 1}"#, "wrong_type"),
            ] {
                let refused = try await client.post(path, wrong)
                #expect(refused.status == 422)
                #expect(try refused.errorCode() == code)
            }
        }
    }

    @Test("an app password is answered once, listed without it and removed")
    func appPasswords() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let path = "/v1/users/ann/app-passwords"
            let made = try await client.post(
                path,
                #"{"name": "backup", "server": "\#(server.shortID)"}"#
            )
            #expect(made.status == 201)
            #expect(try made.value("appPassword", "name") == "backup")
            #expect(try made.value("appPassword", "server") == .text("\(server.id)"))
            guard case .text(let password)? = try made.value("password"),
                case .text(let id)? = try made.value("appPassword", "uuid")
            else {
                Issue.record("no password")
                return
            }
            #expect(AppPassword(Array(password.utf8)) != nil)
            let again = try await client.post(path, #"{"name": "backup"}"#)
            #expect(try again.errorCode() == "app_password_exists")
            let other = try await client.post(path, #"{"name": "editor"}"#)
            #expect(try other.value("appPassword", "server") == .null)
            let listed = try await client.get(path)
            #expect(
                try listed.value("appPasswords")
                    == .list(
                        [made.value("appPassword"), other.value("appPassword")].compactMap { $0 }
                    )
            )
            let removed = try await client.delete("\(path)/\(id.uppercased())")
            #expect(try removed.value("deleted") == .text(id))
            for gone in [id, "nothing"] {
                #expect(
                    try await client.delete("\(path)/\(gone)").errorCode()
                        == "app_password_not_found"
                )
            }
            let lost = try await client.post(path, #"{"name": "x", "server": "00000000"}"#)
            #expect(try lost.errorCode() == "server_not_found")
        }
    }

    @Test(
        "a policy is set, kept, shown and taken away; one that is none is refused with what would be"
    )
    func policies() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let server = try await host.makeServer("one", owner: ann)
            let ways = JSONValue.texts(["publickey", "password+code"])
            for path in ["/v1/users/ann", "/v1/servers/\(server.shortID)"] {
                let kind = path.contains("users") ? "user" : "server"
                #expect(try await client.get(path).value(kind, "signIn") == .null)
                let body = #"{"signIn": ["code+password", "publickey"]}"#
                let set = try await client.patch(path, body)
                #expect(set.status == 200)
                #expect(try set.value(kind, "signIn") == ways)
                #expect(try await client.patch(path, "{}").value(kind, "signIn") == ways)
                for (wrong, hint) in [
                    ("[]", "at least one way"), (#"["sms"]"#, "password, publickey, code"),
                    (#"["code"]"#, "password+code"), (#"[""]"#, "is none of"),
                ] {
                    let refused = try await client.patch(path, #"{"signIn": \#(wrong)}"#)
                    #expect(refused.status == 422)
                    #expect(try refused.errorCode() == "invalid_sign_in")
                    let message = try #require(try refused.errorMessage())
                    #expect(message.contains("'signIn'") && message.contains(hint), "\(message)")
                }
                let text = try await client.patch(path, #"{"signIn": "publickey"}"#)
                #expect(try text.errorCode() == "wrong_type")
                #expect(try await client.get(path).value(kind, "signIn") == ways)
                let gone = try await client.patch(path, #"{"signIn": null}"#)
                #expect(try gone.value(kind, "signIn") == .null)
            }
            let id = "01234567-89ab-4def-8123-456789abcdef"
            let user = #"{"username": "ben", "email": "b@example.org", "signIn": ["publickey"]}"#
            let put = try await client.put("/v1/users/\(id)", user)
            #expect(put.status == 201)
            #expect(try put.value("user", "signIn") == .texts(["publickey"]))
            let bare = #"{"username": "ben", "email": "b@example.org"}"#
            let kept = try await client.put("/v1/users/\(id)", bare)
            #expect(try kept.value("user", "signIn") == .texts(["publickey"]))
        }
    }

    @Test("a document has policies, keeps those it is silent about and refuses what is none")
    func documents() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            _ = try await client.patch("/v1/users/ann", #"{"signIn": ["publickey"]}"#)
            let line =
                #"{"kind":"user","uuid":"\#(ann.id)","username":"ann","email":"ann@example.org""#
            func put(_ rest: String) async throws -> Reply {
                try await client.send("PUT", "/v1/snapshot", Data((line + rest + "}\n").utf8))
            }
            let exported = try await client.get("/v1/snapshot")
            #expect(
                String(decoding: exported.body, as: UTF8.self).contains(#""signIn":["publickey"]"#)
            )
            #expect(try await put("").status == 200)
            #expect(try await client.get("/v1/users/ann").value("user", "signIn") != .null)
            let wrong = try await put(#","signIn":["sms"]"#)
            #expect(try wrong.errorCode() == "invalid_snapshot")
            #expect(try wrong.errorMessage()?.contains("'signIn'") == true)
            #expect(try await put(#","signIn":null"#).status == 200)
            #expect(try await client.get("/v1/users/ann").value("user", "signIn") == .null)
        }
    }

    @Test("what is secret is neither logged nor recorded, and no answer that holds it is kept")
    func secrets() async throws {
        try await withServedHost { host, client in
            _ = try await host.makeUser("ann")
            let path = "/v1/users/ann/second-factor"
            let begun = try await client.post(path, "{}", key: "k")
            let code = try Self.code(of: begun.value("secret"))
            let confirmed = try await client.post(
                "\(path)/confirmation",
                #"{"code": "\#(code)"}"#,
                key: "k"
            )
            let renewed = try await client.post("/v1/users/ann/recovery-codes", "", key: "k")
            let made = try await client.post(
                "/v1/users/ann/app-passwords",
                #"{"name": "backup"}"#,
                key: "k"
            )
            // Nothing was answered from what is kept, and nothing is kept.
            #expect([begun, confirmed, renewed, made].allSatisfy { !$0.isReplay })
            let key = try #require(IdempotencyKey("k"))
            for place in [
                "second-factor", "second-factor/confirmation", "recovery-codes", "app-passwords",
            ] {
                let request = RepeatableRequest(
                    key: key,
                    method: "POST",
                    path: "/v1/users/ann/\(place)"
                )
                #expect(try await host.store.keptAnswer(to: request, now: .now) == nil)
            }
            var secrets = [code]
            for value in [try begun.value("secret"), try made.value("password")] {
                if case .text(let text)? = value { secrets.append(text) }
            }
            for reply in [confirmed, renewed] {
                secrets += try reply.value("recoveryCodes")?.texts ?? []
            }
            #expect(secrets.count == 23)
            let activity = String(
                decoding: try await client.get("/v1/activity").body,
                as: UTF8.self
            )
            #expect(activity.contains("user:second-factor.confirm"))
            let log = host.log.lines.joined(separator: "\n")
            #expect(log.contains("user:app-password.create"))
            for secret in secrets {
                #expect(!log.contains(secret) && !activity.contains(secret))
            }
        }
    }
}
