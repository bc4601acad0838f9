import Admission
import Gatekeeper
import SubuserStore

/// How callers see who is kept out. Times that had passed or remained become times of the calendar.
extension JSONValue {
    init(_ ban: BanReport, at time: Timestamp) {
        self = .object([
            "address": .text("\(ban.range)"),
            "reason": ban.reason.isEmpty ? .null : .text(ban.reason),
            "since": JSONValue(time.earlier(by: ban.age)),
            "until": ban.remaining.map { JSONValue(time.later(by: $0)) } ?? .null,
        ])
    }

    init(_ penalty: SourcePenalty, at time: Timestamp) {
        self = .object([
            "source": .text("\(penalty.source)"),
            "keptOut": .flag(penalty.isEnforced),
            "since": JSONValue(time.earlier(by: penalty.age)),
            "until": JSONValue(time.later(by: penalty.remaining)),
            "latest": .text(penalty.latest.name),
            "offences": .counts(penalty.offences),
        ])
    }

    init(_ penalty: AccountPenalty, of user: UserID, named name: UserName, at time: Timestamp) {
        self = .object([
            "user": .text("\(user)"),
            "username": .text("\(name)"),
            "keptOut": .flag(penalty.isEnforced),
            "since": JSONValue(time.earlier(by: penalty.age)),
            "until": penalty.isEnforced ? JSONValue(time.later(by: penalty.remaining)) : .null,
            "offences": .counts(penalty.offences),
            "sources": .list(
                penalty.shares.sorted { $0.key.range < $1.key.range }.map { source, remaining in
                    .object([
                        "source": .text("\(source)"),
                        "until": JSONValue(time.later(by: remaining)),
                    ])
                }
            ),
        ])
    }

    init(_ report: AddressReport) {
        let explanation = report.explanation
        self = .object([
            "source": .text("\(explanation.source)"),
            "exempt": .flag(explanation.isExempt),
            "refused": report.refusal.map { refusal in
                .object(["reason": .text(refusal.name), "detail": .text("\(refusal)")])
            } ?? .null,
            "ban": explanation.ban.map { JSONValue($0, at: report.time) } ?? .null,
            "penalty": explanation.penalty.map { JSONValue($0, at: report.time) } ?? .null,
        ])
    }

    init(_ report: AccountReport) {
        let user = report.user
        self = .object([
            "user": .text("\(user.id)"),
            "username": .text("\(user.name)"),
            "penalty": report.penalty.map {
                JSONValue($0, of: user.id, named: user.name, at: report.time)
            } ?? .null,
            "knownSources": .list(
                report.knownSources.map { known in
                    .object([
                        "source": .text("\(known.source)"),
                        "lastSignIn": JSONValue(report.time.earlier(by: known.age)),
                    ])
                }
            ),
        ])
    }

    private static func counts(_ offences: [Offence: Int]) -> JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: offences.map { ($0.key.name, .number(Int64($0.value))) }
            )
        )
    }
}

extension Timestamp {
    fileprivate func earlier(by milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds &- milliseconds)
    }

    fileprivate func later(by milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: self.milliseconds &+ milliseconds)
    }
}
