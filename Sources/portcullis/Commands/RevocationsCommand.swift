import ArgumentParser

/// `portcullis revocations`: which sessions were ended, by whom and why.
struct RevocationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revocations",
        abstract: "Show revocations that were asked for.",
        subcommands: [List.self, Show.self],
        defaultSubcommand: List.self
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "List revocations, newest first."
        )

        struct Answer: Decodable {
            let revocations: [RevocationJobAnswer]
            let next: Int64?
        }

        @Option(help: "At most so many, up to 1000.") var limit: Int?
        @Option(help: "Only those older than the one with this number.") var before: Int64?
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .get(
                "v1",
                "revocations",
                query: [
                    ("limit", limit.map { String($0) }), ("before", before.map { String($0) }),
                ]
            )
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let answer = try answer.decode(Answer.self)
            guard !answer.revocations.isEmpty else { return ["No revocation."] }
            var table = TextTable(
                "NUMBER",
                "AT",
                "STATE",
                "SESSIONS",
                "KILLED",
                "MS",
                "BY",
                "JOB",
                "WHICH",
                "REASON"
            )
            for job in answer.revocations {
                table.add(
                    job.number.map { "\($0)" } ?? "",
                    job.createdAt,
                    job.resumed ? "resumed" : job.state,
                    job.revocation.map { "\($0.found)" } ?? "-",
                    job.revocation.map { "\($0.endedByKill)" } ?? "-",
                    job.revocation.map { "\($0.milliseconds)" } ?? "-",
                    job.actor,
                    job.job,
                    JSONValue.fields(job.selector).joined(separator: " "),
                    job.reason ?? "-"
                )
            }
            let lines = table.lines(width: width)
            return answer.next.map { lines + ["Older ones: --before \($0)"] } ?? lines
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one revocation with each session that it ended."
        )

        @Argument(help: "The job's id, as `revocations` shows it.") var job: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "revocations", job) }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let job = try answer.decode(RevocationJobAnswer.self)
            var table = TextTable()
            table.add("Job", job.job)
            table.add("Asked", "\(job.createdAt) by \(job.actor)")
            table.add("Which", JSONValue.fields(job.selector).joined(separator: " "))
            table.add("Reason", job.reason ?? "-")
            table.add("Done", (job.endedAt ?? "-") + (job.resumed ? " by the next gate" : ""))
            return table.lines(width: width) + job.account(width: width)
        }
    }
}
