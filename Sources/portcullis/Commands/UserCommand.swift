import ArgumentParser

/// `portcullis user`: the people who may sign in.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Show and change users.",
        subcommands: [List.self, Show.self, Add.self, Set.self, Remove.self]
    )

    /// What a change sends; what is nil stays as it is.
    struct Body: Encodable {
        var uuid: String?
        var username: String?
        var email: String?
        var password: String?
        var passwordHash: String?
        var administrator: Bool?
        var twoFactor: Bool?
        var disabled: Bool?
        var signIn: SignInField?
    }

    /// Every answer about one user.
    struct Answer: Decodable {
        let user: UserAnswer
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List all users.")

        struct Answer: Decodable {
            let users: [UserAnswer]
        }

        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable(
                "USER",
                "EMAIL",
                "ADMINISTRATOR",
                "DISABLED",
                "PASSWORD",
                "2FA",
                "KEYS",
                "UUID"
            )
            for user in try answer.decode(Answer.self).users {
                table.add(
                    user.username,
                    user.email,
                    user.administrator ? "yes" : "no",
                    user.disabled ? "yes" : "no",
                    user.hasPassword ? "yes" : "no",
                    user.twoFactor ? "yes" : "no",
                    "\(user.keys)",
                    user.uuid
                )
            }
            return table.lines(width: width)
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Show one user.")

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users", user) }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let user: UserAnswer = try answer.object(named: "user")
            var table = TextTable()
            table.add("User", user.username)
            table.add("UUID", user.uuid)
            table.add("Email", user.email)
            table.add("Administrator", user.administrator ? "yes" : "no")
            table.add("Password", user.hasPassword ? "set" : "none")
            table.add("Two factors", user.twoFactor ? "yes" : "no")
            table.add("Disabled", user.disabled ? "yes" : "no")
            table.add("Sign-in", user.signIn?.joined(separator: " or ") ?? "-")
            table.add("Keys", "\(user.keys)")
            table.add("Created", user.createdAt)
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add a user.",
            discussion: "Asks for a password unless one of the password options is given."
        )

        @Argument(help: "The name to sign in with.") var username: String
        @Option(help: "The user's email address.") var email: String
        @Flag(help: "Let the user into every server.") var administrator = false
        @Flag(help: "The user's account at the panel has a second factor.") var twoFactor = false
        @Flag(help: "Let the user sign in nowhere.") var disabled = false
        @OptionGroup var signIn: SignInOption
        @Option(help: "The UUID that the panel knows the user by; else a new one.")
        var uuid: String?
        @Flag(help: "Read the password from the first line of standard input.")
        var passwordStdin = false
        @Flag(help: "Read a bcrypt or yescrypt hash from the first line of standard input.")
        var passwordHashStdin = false
        @Flag(help: "Set no password: the user signs in with a key.") var noPassword = false
        @OptionGroup var control: ControlOptions

        func validate() throws {
            if [passwordStdin, passwordHashStdin, noPassword].count(where: { $0 }) > 1 {
                throw ValidationError("Give only one of the password options.")
            }
        }

        func request() throws -> ControlRequest {
            var body = Body(uuid: uuid, username: username, email: email)
            if administrator { body.administrator = true }
            if twoFactor { body.twoFactor = true }
            if disabled { body.disabled = true }
            body.signIn = signIn.field
            if passwordStdin {
                body.password = try SecretInput.line("password")
            } else if passwordHashStdin {
                body.passwordHash = try SecretInput.line("password hash")
            } else if !noPassword {
                body.password = try SecretInput.newPassword(
                    for: username,
                    otherwise: "Pipe it in with --password-stdin, or use --no-password."
                )
            }
            return try .post("v1", "users", body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let user = try answer.decode(UserCommand.Answer.self).user
            return ["Added \(user.username) with the UUID \(user.uuid)."]
        }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a user.",
            discussion: "A new name or password, and less access, end the user's sessions."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Option(help: "A new name to sign in with.") var username: String?
        @Option(help: "A new email address.") var email: String?
        @Flag(inversion: .prefixedNo, help: "Whether the user is let into every server.")
        var administrator: Bool?
        @Flag(
            inversion: .prefixedNo,
            help: "Whether the user's account at the panel has a second factor."
        )
        var twoFactor: Bool?
        @Flag(
            inversion: .prefixedNo,
            help: "Whether the user can sign in nowhere, whatever they may do."
        )
        var disabled: Bool?
        @OptionGroup var signIn: SignInEditOptions
        @Flag(help: "Ask for a new password.") var password = false
        @Flag(help: "Read a new password from the first line of standard input.")
        var passwordStdin = false
        @Flag(help: "Read a bcrypt or yescrypt hash from the first line of standard input.")
        var passwordHashStdin = false
        @OptionGroup var control: ControlOptions

        func validate() throws {
            let passwords = [password, passwordStdin, passwordHashStdin].count { $0 }
            if passwords > 1 { throw ValidationError("Give only one of the password options.") }
            if passwords == 0, username == nil, email == nil, administrator == nil,
                twoFactor == nil, disabled == nil, signIn.field == nil
            {
                throw ValidationError("Nothing to change: give at least one option.")
            }
        }

        func request() throws -> ControlRequest {
            var body = Body(
                username: username,
                email: email,
                administrator: administrator,
                twoFactor: twoFactor,
                disabled: disabled,
                signIn: signIn.field
            )
            if password {
                body.password = try SecretInput.newPassword(
                    for: user,
                    otherwise: "Pipe it in with --password-stdin."
                )
            } else if passwordStdin {
                body.password = try SecretInput.line("password")
            } else if passwordHashStdin {
                body.passwordHash = try SecretInput.line("password hash")
            }
            return try .patch("v1", "users", user, body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            ["Changed \(try answer.decode(UserCommand.Answer.self).user.username)."]
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a user, end the user's sessions."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "users", user) }

        func account(of answer: ControlAnswer, width: Int?) -> [String] { ["Removed \(user)."] }
    }
}
