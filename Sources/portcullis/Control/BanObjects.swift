/// A ban that was set by hand, as the control API shows one.
struct BanAnswer: Decodable {
    let address: String
    let reason: String?
    let since: String
    let until: String?
}

/// A source's penalty, as the control API shows one.
struct SourcePenaltyAnswer: Decodable {
    let source: String
    let keptOut: Bool
    let since: String
    let until: String
    let offences: [String: Int]

    var why: String { offences.listed }
}

/// Guesses at an account, as the control API shows them.
struct AccountPenaltyAnswer: Decodable {
    struct Share: Decodable {
        let source: String
        let until: String
    }

    let username: String
    let keptOut: Bool
    let since: String
    let until: String?
    let offences: [String: Int]
    let sources: [Share]

    var why: String {
        let count = sources.count == 1 ? "1 source" : "\(sources.count) sources"
        return "\(offences.listed) of \(count)"
    }
}

/// Who is kept out, as the control API lists it.
struct BanListingAnswer: Decodable {
    let bans: [BanAnswer]
    let sources: [SourcePenaltyAnswer]
    let accounts: [AccountPenaltyAnswer]

    var isEmpty: Bool { bans.isEmpty && sources.isEmpty && accounts.isEmpty }
}

/// What a ban that is set is answered.
struct NewBanAnswer: Decodable {
    let ban: BanAnswer
    let exempt: [String]
}

/// What a lifting is answered.
struct LiftedBanAnswer: Decodable {
    let bans: [String]
    let sources: [String]
    let account: String?
    let stillBannedBy: String?
}

/// What is known about an address or a user, as the control API tells it.
struct BanReportAnswer: Decodable {
    struct Address: Decodable {
        struct Refusal: Decodable {
            let detail: String
        }

        let source: String
        let exempt: Bool
        let refused: Refusal?
        let ban: BanAnswer?
        let penalty: SourcePenaltyAnswer?
    }

    struct Account: Decodable {
        struct KnownSource: Decodable {
            let source: String
            let lastSignIn: String
        }

        let username: String
        let penalty: AccountPenaltyAnswer?
        let knownSources: [KnownSource]
    }

    let address: Address?
    let account: Account?
}

extension BanReportAnswer.Address {
    /// What there is to say to people.
    var lines: [String] {
        var lines = [
            refused.map { "Connections are refused: \($0.detail)." } ?? "Connections are taken.",
            "It counts as \(source)\(exempt ? ", which is exempt from penalties" : "").",
        ]
        if let ban {
            let end = ban.until.map { "until \($0)" } ?? "until it is lifted"
            let why = ban.reason.map { ": \($0)" } ?? "."
            lines.append("\(ban.address) is banned since \(ban.since), \(end)\(why)")
        }
        if let penalty {
            lines.append("Since \(penalty.since): \(penalty.why); worn off at \(penalty.until).")
        }
        return lines
    }
}

extension BanReportAnswer.Account {
    /// What there is to say to people.
    var lines: [String] {
        var lines: [String] = []
        if let penalty {
            lines.append(
                penalty.until.map {
                    "Passwords of strangers are refused until \($0), if nobody guesses any more."
                } ?? "Passwords are taken from everywhere."
            )
            lines.append("Since \(penalty.since): \(penalty.why).")
            lines += penalty.sources.map { "  \($0.source), counted until \($0.until)" }
        } else {
            lines.append("Nobody has guessed at the password of \(username) lately.")
        }
        lines += knownSources.map { "Known: \($0.source), signed in at \($0.lastSignIn)" }
        return lines
    }
}

extension [String: Int] {
    /// The names with their numbers, the most frequent first.
    fileprivate var listed: String {
        sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \($0.value)" }
            .joined(separator: ", ")
    }
}
