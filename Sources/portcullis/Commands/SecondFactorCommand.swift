import ArgumentParser
import LinuxSystem
import QRCode

/// `portcullis second-factor`: the codes that people show beside a password or a key.
struct SecondFactorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "second-factor",
        abstract: "Show and change users' second factors.",
        subcommands: [
            Show.self, Enrol.self, Confirm.self, RecoveryCodes.self, Remove.self,
        ]
    )

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Show a user's second factor.")

        struct Answer: Decodable {
            let secondFactor: SecondFactorAnswer?
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users", user, "second-factor") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            guard let factor = try answer.decode(Answer.self).secondFactor else {
                return ["\(user) has no second factor."]
            }
            var table = TextTable()
            table.add("Counts", factor.confirmed ? "yes" : "no")
            table.add("Waits for its first code", factor.pending ? "yes" : "no")
            table.add("Recovery codes left", "\(factor.recoveryCodesLeft)")
            table.add("Created", factor.createdAt)
            return table.lines(width: width)
        }
    }

    struct Enrol: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user a second factor.",
            discussion: """
                Shows the secret for the user's authenticator, with a QR code on a terminal, and \
                asks for a code there. The second factor counts once a code was shown.
                """
        )

        struct Body: Encodable {
            var secret: String?
            var confirmed: Bool?
            var replace: Bool?
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Flag(help: "Read a secret in base32 from the first line of standard input.")
        var secretStdin = false
        @Flag(help: "With --secret-stdin: it counts at once; the panel has seen a code of it.")
        var confirmed = false
        @Flag(help: "Replace one that counts; it goes on counting until a new code was shown.")
        var replace = false
        @Flag(help: "Show the QR code where the output is no terminal, too.") var qr = false
        @OptionGroup var control: ControlOptions

        func validate() throws {
            if confirmed && !secretStdin {
                throw ValidationError("--confirmed needs --secret-stdin.")
            }
        }

        func run() async throws {
            try await ask()
            guard Terminal.isInteractive, !confirmed, !control.json else { return }
            var confirmation = Confirm()
            confirmation.user = user
            confirmation.control = control
            try await confirmation.ask()
        }

        func request() throws -> ControlRequest {
            var body = Body()
            if secretStdin { body.secret = try SecretInput.line("secret") }
            if confirmed { body.confirmed = true }
            if replace { body.replace = true }
            return try .post("v1", "users", user, "second-factor", body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let enrolment = try answer.decode(EnrolmentAnswer.self)
            var lines: [String] = []
            let isTerminal = width != nil
            if isTerminal || qr, let code = QRCode(enrolment.uri) {
                lines += code.lines(isTerminal ? .colored : .plain)
            }
            var table = TextTable()
            table.add("Secret", Self.grouped(enrolment.secret))
            table.add("URI", enrolment.uri)
            // A secret that is cut off is none.
            lines += table.lines(width: nil)
            if enrolment.secondFactor.pending {
                lines.append(
                    "It counts once a code of it was shown: portcullis second-factor confirm \(user)"
                )
            }
            return lines
        }

        /// In groups of four, as people can read them.
        private static func grouped(_ secret: String) -> String {
            let digits = Array(secret)
            return stride(from: 0, to: digits.count, by: 4)
                .map { String(digits[$0...].prefix(4)) }
                .joined(separator: " ")
        }
    }

    struct Confirm: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a second factor count, with a code of it; answers recovery codes.",
            discussion: "Asks for the code, or reads it from the first line of standard input."
        )

        struct Body: Encodable {
            var code: String
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let code = try SecretInput.code(for: user)
            return try .post(
                "v1",
                "users",
                user,
                "second-factor",
                "confirmation",
                body: Body(code: code)
            )
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            ["The second factor of \(user) counts from now on."]
                + (try answer.decode(RecoveryCodesAnswer.self).lines)
        }
    }

    struct RecoveryCodes: ControlCommand {
        static let configuration = CommandConfiguration(
            commandName: "recovery-codes",
            abstract: "Make new recovery codes; those of before are good for nothing any more."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .post("v1", "users", user, "recovery-codes") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            try answer.decode(RecoveryCodesAnswer.self).lines
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a user's second factor away."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "users", user, "second-factor") }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["Removed the second factor of \(user)."]
        }
    }
}

extension RecoveryCodesAnswer {
    fileprivate var lines: [String] {
        ["Recovery codes, each good once when the authenticator is lost; they are not shown again:"]
            + recoveryCodes
    }
}
