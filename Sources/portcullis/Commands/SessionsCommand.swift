import ArgumentParser
import LinuxSystem
import SubuserStore

/// `portcullis sessions`: who is connected.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions",
        abstract: "Show and end open sessions.",
        subcommands: [List.self, End.self],
        defaultSubcommand: List.self
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "List open sessions.",
            discussion: """
                RATE is what moves in a second, both ways, over the last seconds. REQUEST is what \
                the client asked for last, or for how long it has not asked for anything.

                With --watch the table is shown anew every second until the command is \
                interrupted. With --json as well, each answer of the gate is one line.
                """
        )

        struct Answer: Decodable {
            let sessions: [SessionAnswer]
        }

        @Flag(help: "Go on and show the table anew every second.") var watch = false
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "sessions") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            try table(of: answer).lines(width: width)
        }

        func run() async throws {
            guard watch else { return try await ask() }
            let socket = try control.socketPath()
            try await ControlClient.connected(to: socket) { client in
                try await goOn(with: client)
            }
        }

        private static let interval: Duration = .seconds(1)

        private func table(of answer: ControlAnswer) throws(CommandFailure) -> SessionTable {
            SessionTable(sessions: try answer.decode(Answer.self).sessions, now: .now)
        }

        private func goOn(with client: ControlClient) async throws {
            // A gate that was never there is an error, one that is restarted is waited for.
            try show(try await client.send(request()))
            while !Task.isCancelled {
                try await Task.sleep(for: Self.interval)
                let answer: ControlAnswer
                do throws(CommandFailure) {
                    answer = try await client.send(request())
                } catch {
                    guard error.status == .notRunning else { throw error }
                    try show([error.message])
                    continue
                }
                try show(answer)
            }
        }

        private func show(_ answer: ControlAnswer) throws {
            guard !control.json else { return try show([answer.text]) }
            let table = try table(of: answer)
            try show([table.summary, ""] + table.lines(width: Terminal.width))
        }

        private func show(_ lines: [String]) throws(SystemError) {
            let text =
                if !control.json, let height = Terminal.height {
                    LiveScreen.text(lines, height: height)
                } else {
                    lines.map { $0 + "\n" }.joined()
                }
            try StandardOutput.write(Array(text.utf8))
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
