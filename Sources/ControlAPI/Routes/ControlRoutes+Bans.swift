import Admission
import Gatekeeper
import SubuserStore

extension ControlRoutes {
    /// What is done with all of them.
    func answerBans(_ request: ControlRequest) async throws -> Answer {
        switch request.verb {
        case .get: try await listBans(request)
        case .post: try await setBan(request)
        case .put, .patch, .delete: throw ControlError.methodNotAllowed(request)
        }
    }

    /// What is done with those of one subject.
    func answerBan(_ subject: String, _ request: ControlRequest) async throws -> Answer {
        switch request.verb {
        case .get: try await explainBan(subject)
        case .delete: try await liftBan(subject, request)
        case .post, .put, .patch: throw ControlError.methodNotAllowed(request)
        }
    }

    private func listBans(_ request: ControlRequest) async throws -> Answer {
        let listing = try await administration.bans(all: try request.flagParameter("all"))
        let time = listing.time
        return .ok([
            "bans": .list(listing.bans.map { JSONValue($0, at: time) }),
            "sources": .list(listing.sources.map { JSONValue($0, at: time) }),
            "accounts": .list(
                listing.accounts.map {
                    JSONValue($0.penalty, of: $0.user, named: $0.userName, at: time)
                }
            ),
        ])
    }

    private func setBan(_ request: ControlRequest) async throws -> Answer {
        let fields = try request.fields(["address", "seconds", "reason", "everyone"])
        let draft = BanDraft(
            range: try AddressRange(named: fields.requiredText("address")),
            reason: try fields.text("reason").map { try DisplayName($0) },
            duration: try duration(in: fields),
            meansEveryone: try fields.flag("everyone") ?? false
        )
        let set = try await administration.ban(draft, by: request.caller)
        let members = set.members([
            "ban": JSONValue(set.value.report, at: set.value.time),
            "exempt": .texts(set.value.exemptions.map(\.description)),
        ])
        return set.value.isReplaced ? .ok(members) : .created(members)
    }

    private func explainBan(_ name: String) async throws -> Answer {
        switch try BanSubject(name) {
        case .addresses(let range):
            .ok([
                "address": JSONValue(try await administration.explainBan(of: range)),
                "account": .null,
            ])
        case .user(let user):
            .ok([
                "address": .null,
                "account": JSONValue(try await administration.explainPenalty(of: user)),
            ])
        }
    }

    private func liftBan(_ name: String, _ request: ControlRequest) async throws -> Answer {
        switch try BanSubject(name) {
        case .addresses(let range):
            let done = try await administration.liftBan(of: range, by: request.caller)
            let lifted = done.value.lifted
            return .ok(
                done.members([
                    "bans": .texts(lifted.bans.map { "\($0.range)" }.sorted()),
                    "sources": .texts(lifted.penalties.map { "\($0.source)" }.sorted()),
                    "account": .null,
                    "stillBannedBy": done.value.wider.map { .text("\($0)") } ?? .null,
                ])
            )
        case .user(let user):
            let done = try await administration.liftPenalty(of: user, by: request.caller)
            return .ok(
                done.members([
                    "bans": .list([]), "sources": .list([]),
                    "account": .text("\(done.value.id)"), "stillBannedBy": .null,
                ])
            )
        }
    }

    /// The longest time a ban can be given, in seconds: a hundred years; for ever needs none.
    static let longestBan: Int64 = 100 * 366 * 86_400

    /// Milliseconds; nil for ever.
    private func duration(in fields: RequestFields) throws(ControlError) -> Int64? {
        guard let seconds = try fields.count("seconds") else { return nil }
        guard (1...Self.longestBan).contains(Int64(seconds)) else {
            throw .invalidField(
                "seconds",
                message:
                    "seconds must be 1 to \(Self.longestBan); leave it out for a ban without end."
            )
        }
        return Int64(seconds) * 1000
    }
}
