import ArgumentParser

/// `portcullis bans`: who is kept out, why, and until when.
struct BansCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bans",
        abstract: "Show who is kept out, and change it.",
        subcommands: [List.self, Explain.self, Add.self, Lift.self],
        defaultSubcommand: List.self
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "List bans, sources that are kept out, and accounts under attack.",
            discussion: """
                BAN was set by hand. A SOURCE is kept out for what it did. An ACCOUNT takes \
                passwords only from where its user has signed in before.
                """
        )

        @Flag(help: "Also sources and accounts of which it has not come to that yet.")
        var all = false
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .get("v1", "bans", query: [("all", all ? "true" : nil)])
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let listing = try answer.decode(BanListingAnswer.self)
            guard !listing.isEmpty else { return ["Nobody is kept out."] }
            var table = TextTable("KIND", "WHO", "KEPT OUT", "SINCE", "UNTIL", "WHY")
            for ban in listing.bans {
                table.add(
                    "ban",
                    ban.address,
                    "yes",
                    ban.since,
                    ban.until ?? "lifted",
                    ban.reason ?? "-"
                )
            }
            for source in listing.sources {
                table.add(
                    "source",
                    source.source,
                    source.keptOut ? "yes" : "no",
                    source.since,
                    source.until,
                    source.why
                )
            }
            for account in listing.accounts {
                table.add(
                    "account",
                    account.username,
                    account.keptOut ? "strangers" : "no",
                    account.since,
                    account.until ?? "-",
                    account.why
                )
            }
            return table.lines(width: width)
        }
    }

    struct Explain: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why an address may not connect, or who guesses at a user's password."
        )

        @Argument(help: "An address, or a user: name, email address or UUID.") var subject: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "bans", subject) }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let report = try answer.decode(BanReportAnswer.self)
            return (report.address?.lines ?? []) + (report.account?.lines ?? [])
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ban an address or a range, and end every connection from it.",
            discussion: """
                Answers when every connection is gone. It holds also for addresses in \
                penalties.exempt. Set again for the same range, it replaces the earlier ban.
                """
        )

        struct Body: Encodable {
            var address: String
            var seconds: Int64?
            var reason: String?
            var everyone: Bool?
        }

        @Argument(help: "An address, or a range such as 192.0.2.0/24.") var address: String
        @Option(
            name: .customLong("for"),
            help: "How long: 90s, 30m, 12h, 7d; without it until it is lifted."
        )
        var duration: SpanArgument?
        @Option(help: "Why; told to those who are cut off, and kept in the activity record.")
        var reason: String?
        @Flag(help: "Ban a range that is wider than any one network, as 0.0.0.0/0.")
        var everyone = false
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let body = Body(
                address: address,
                seconds: duration?.seconds,
                reason: reason,
                everyone: everyone ? true : nil
            )
            return try .post("v1", "bans", body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let set = try answer.decode(NewBanAnswer.self)
            let end = set.ban.until.map { "until \($0)" } ?? "until it is lifted"
            let exempt = set.exempt.joined(separator: ", ")
            return ["\(set.ban.address) is banned \(end)."]
                + (exempt.isEmpty ? [] : ["It holds for these too, though exempt: \(exempt)."])
        }
    }

    struct Lift: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "End bans and penalties of addresses, or what is counted against a user."
        )

        @Argument(help: "An address, a range, or a user: name, email address or UUID.")
        var subject: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "bans", subject) }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let lifted = try answer.decode(LiftedBanAnswer.self)
            var lines: [String] = []
            if lifted.account != nil {
                lines.append("Strangers may try their passwords again.")
            }
            if !lifted.bans.isEmpty {
                lines.append("Lifted bans: \(lifted.bans.joined(separator: ", ")).")
            }
            if !lifted.sources.isEmpty {
                lines.append("Lifted penalties: \(lifted.sources.joined(separator: ", ")).")
            }
            if let wider = lifted.stillBannedBy {
                lines.append("The ban of \(wider) still holds.")
            }
            return lines
        }
    }
}
