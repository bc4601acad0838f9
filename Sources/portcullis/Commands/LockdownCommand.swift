import ArgumentParser

/// `portcullis lockdown`: closes the whole host, and opens it again.
struct LockdownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lockdown",
        abstract: "End every session and let nobody sign in, until it is switched off.",
        subcommands: [On.self, Off.self, Show.self],
        defaultSubcommand: Show.self
    )

    struct Lockdown: Decodable {
        let text: String?
        let since: String
    }

    struct Answer: Decodable {
        let lockdown: Lockdown?
    }

    struct On: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close the host.",
            discussion: """
                Answers when every session is gone. It stays closed when the gate is restarted. \
                Given again it changes the text.
                """
        )

        struct Body: Encodable {
            var text: String?
        }

        @Option(help: "What people are told who would be let in otherwise.") var text: String?
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            try .put("v1", "lockdown", body: Body(text: text))
        }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["This host is closed: nobody can sign in."]
        }
    }

    struct Off: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Open the host.")

        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "lockdown") }

        func account(of answer: ControlAnswer, width: Int?) -> [String] { ["This host is open."] }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the host is closed."
        )

        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "lockdown") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            guard let lockdown = try answer.decode(Answer.self).lockdown else {
                return ["This host is open."]
            }
            let text = lockdown.text.map { ", and people are told: \($0)" } ?? ""
            return ["This host is closed since \(lockdown.since)\(text)"]
        }
    }
}
