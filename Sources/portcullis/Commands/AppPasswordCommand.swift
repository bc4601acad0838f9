import ArgumentParser

/// `portcullis app-password`: passwords for programs that can show neither a key nor a code.
struct AppPasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "app-password",
        abstract: "Show and change users' app passwords.",
        subcommands: [List.self, Add.self, Remove.self]
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List a user's app passwords.")

        struct Answer: Decodable {
            let appPasswords: [AppPasswordAnswer]
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users", user, "app-passwords") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable("UUID", "CREATED", "SERVER", "NAME")
            for password in try answer.decode(Answer.self).appPasswords {
                table.add(
                    password.uuid,
                    password.createdAt,
                    password.server ?? "all",
                    password.name
                )
            }
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a password for one program of a user."
        )

        struct Body: Encodable {
            var name: String
            var server: String?
        }

        struct Answer: Decodable {
            let appPassword: AppPasswordAnswer
            let password: String
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Argument(help: "What to call it, for instance by the program.") var name: String
        @Option(help: "The one server that it lets in to, by short id or UUID; else all.")
        var server: String?
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            try .post(
                "v1",
                "users",
                user,
                "app-passwords",
                body: Body(name: name, server: server)
            )
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let made = try answer.decode(Answer.self)
            return [
                "App password \(made.appPassword.uuid) of \(user), which is not shown again:",
                made.password,
            ]
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an app password, end the sessions that it opened."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Argument(
            help: "Its UUID, as `app-password list` shows it.",
            transform: NameArgument.appPassword
        )
        var password: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .delete("v1", "users", user, "app-passwords", password)
        }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["Removed the app password \(password)."]
        }
    }
}
