import Admission
import GateTestSupport
import SubuserStore
import Testing

@Suite("Bans over the socket")
struct BanRouteTests {
    @Test("a ban is set, listed, explained and lifted, and set again it replaces")
    func life() async throws {
        try await withServedHost { _, client in
            let made = try await client.post(
                "/v1/bans",
                #"{"address": "192.0.2.0/24", "seconds": 3600, "reason": "Ticket 7"}"#
            )
            #expect(made.status == 201)
            #expect(try made.value("ban", "address") == "192.0.2.0/24")
            #expect(try made.value("ban", "reason") == "Ticket 7")
            #expect(try made.value("exempt") == .list([]))
            #expect(try made.value("revocation", "found") == 0)
            let again = try await client.post("/v1/bans", #"{"address": "192.0.2.0/24"}"#)
            #expect(again.status == 200)
            #expect(try again.value("ban", "until") == .null)
            #expect(try again.value("ban", "reason") == .null)
            let listed = try await client.get("/v1/bans")
            #expect(try listed.value("bans")?.elements.count == 1)
            #expect(try listed.value("sources") == .list([]))
            for subject in ["192.0.2.7", "192.0.2.7%2F32"] {
                let report = try await client.get("/v1/bans/\(subject)")
                #expect(try report.value("address", "ban", "address") == "192.0.2.0/24")
                #expect(try report.value("address", "refused", "reason") == "banned")
                #expect(try report.value("account") == .null)
            }
            let narrow = try await client.delete("/v1/bans/192.0.2.7")
            #expect(narrow.status == 404)
            #expect(try narrow.errorCode() == "ban_not_found")
            #expect(try narrow.errorMessage()?.contains("192.0.2.0/24") == true)
            let lifted = try await client.delete("/v1/bans/192.0.2.0%2F24")
            #expect(try lifted.value("bans") == .list(["192.0.2.0/24"]))
            #expect(try lifted.value("stillBannedBy") == .null)
            let free = try await client.get("/v1/bans/192.0.2.7")
            #expect(try free.value("address", "refused") == .null)
        }
    }

    @Test("what a source and an account did is told, with the name of whose account it is")
    func penalties() async throws {
        try await withServedHost { host, client in
            let ann = try await host.makeUser("ann")
            let attacker = try #require(IPAddress("2001:db8::5"))
            _ = await host.sessions.changePenalties { penalties, now in
                penalties.noteSignIn(to: "\(ann.id)", from: attacker, at: now)
                penalties.record(.wrongPassword, from: attacker, account: "\(ann.id)", at: now)
            }
            let quiet = try await client.get("/v1/bans")
            #expect(try quiet.value("sources") == .list([]))
            #expect(try quiet.value("accounts") == .list([]))
            let all = try await client.get("/v1/bans?all=true")
            let source = try #require(try all.value("sources")?.elements.first)
            #expect(source.at("source") == "2001:db8::/64" && source.at("keptOut") == false)
            #expect(source.at("offences") == .object(["wrong_password": 1]))
            let account = try #require(try all.value("accounts")?.elements.first)
            #expect(account.at("username") == "ann" && account.at("until") == .null)
            for name in ["ann", "ann%40example.org", "\(ann.id)"] {
                let report = try await client.get("/v1/bans/\(name)")
                let penalty = try #require(try report.value("account", "penalty"))
                #expect(penalty.at("offences") == account.at("offences"))
                #expect(penalty.at("user") == .text("\(ann.id)"))
                #expect(
                    try report.value("account", "knownSources")?.elements.first?.at("source")
                        == "2001:db8::/64"
                )
            }
            // What the list shows can be asked about as it stands there.
            let line = try await client.get("/v1/bans/2001:db8::%2F64")
            #expect(try line.value("address", "penalty", "source") == "2001:db8::/64")
            let lifted = try await client.delete("/v1/bans/ann")
            #expect(try lifted.value("account") == .text("\(ann.id)"))
            let gone = try await client.delete("/v1/bans/ann")
            #expect(try gone.errorCode() == "ban_not_found")
        }
    }

    @Test("what names nothing is refused, and an address says what would be right")
    func refusals() async throws {
        try await withServedHost { _, client in
            let bodies = [
                (#"{"address": "192.0.2.1/24"}"#, "invalid_address"),
                (#"{"address": "x"}"#, "invalid_address"),
                (#"{"address": "0.0.0.0/0"}"#, "ban_too_wide"),
                (#"{"address": "192.0.2.1", "seconds": 0}"#, "invalid_seconds"),
                (#"{"address": "192.0.2.1", "seconds": 9223372036854775807}"#, "invalid_seconds"),
                (#"{"address": "192.0.2.1", "seconds": "1h"}"#, "wrong_type"),
                (#"{"address": "192.0.2.1", "reason": " "}"#, "invalid_name"),
                (#"{"reason": "x"}"#, "missing_field"),
            ]
            for (body, code) in bodies {
                #expect(try await client.post("/v1/bans", body).errorCode() == code, "\(body)")
            }
            let paths = [
                ("192.0.2.1%2F24", "invalid_address"), ("1.2.3.400", "invalid_address"),
                ("a:b", "invalid_address"), ("nobody", "user_not_found"), (" ", "user_not_found"),
            ]
            for (path, code) in paths {
                let target = "/v1/bans/\(path.replacing(" ", with: "%20"))"
                #expect(try await client.get(target).errorCode() == code, "\(path)")
                #expect(try await client.delete(target).errorCode() == code, "\(path)")
            }
            #expect(try await client.get("/v1/bans?all=1").errorCode() == "invalid_all")
            let several = try await client.get("/v1/bans/192.0.2.0%2F24")
            #expect(try several.errorCode() == "several_sources")
        }
    }
}
