import ArgumentParser

/// `portcullis sessions`: who is connected.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Show and end open sessions.",
        subcommands: [List.self, End.self],
        defaultSubcommand: List.self
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List open sessions.")

        struct Answer: Decodable {
            let sessions: [SessionAnswer]
        }

        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "sessions") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let sessions = try answer.decode(Answer.self).sessions
            guard !sessions.isEmpty else { return ["Nobody is connected."] }
            var table = TextTable(
                "SESSION",
                "USER",
                "SERVER",
                "PEER",
                "PHASE",
                "SINCE",
                "READ",
                "WRITTEN",
                "CLIENT"
            )
            for session in sessions {
                table.add(
                    session.id,
                    session.username ?? "-",
                    session.serverShortId ?? "-",
                    session.peer,
                    session.phase,
                    session.since,
                    ByteCount.format(session.contentRead),
                    ByteCount.format(session.contentWritten),
                    session.client ?? "-"
                )
            }
            return table.lines(width: width)
        }
    }

    struct End: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "End one session.")

        @Argument(
            help: "The session's id, as `sessions` shows it.",
            transform: NameArgument.session
        )
        var session: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "sessions", session) }

        func account(of answer: ControlAnswer, width: Int?) -> [String] { [] }
    }
}
