import ArgumentParser
import FoundationEssentials

/// `portcullis key`: the public keys that users sign in with.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Show and change users' public keys.",
        subcommands: [List.self, Add.self, Remove.self]
    )

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List a user's keys.")

        struct Answer: Decodable {
            let keys: [KeyAnswer]
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users", user, "keys") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable("FINGERPRINT", "TYPE", "CREATED", "NAME")
            for key in try answer.decode(Answer.self).keys {
                table.add(key.fingerprint, key.type, key.createdAt, key.name ?? "-")
            }
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a user sign in with a public key."
        )

        struct Body: Encodable {
            var publicKey: String
            var name: String?
        }

        struct Answer: Decodable {
            let key: KeyAnswer
        }

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Argument(
            help: "The file with the public key, for instance id_ed25519.pub; - is standard input."
        )
        var file: String
        @Option(help: "What to call the key; else its comment.") var name: String?
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            try .post("v1", "users", user, "keys", body: Body(publicKey: try line(), name: name))
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let key = try answer.decode(Answer.self).key
            return ["Added the \(key.type) key \(key.fingerprint)."]
        }

        /// The first line that holds a key.
        private func line() throws(CommandFailure) -> String {
            if file == "-" { return try SecretInput.line("public key") }
            guard let data = try? Data(contentsOf: URL(filePath: file)) else {
                throw CommandFailure(.failure, "cannot read \(file)")
            }
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            let line = lines.first { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
            guard let line else { throw CommandFailure(.failure, "\(file) holds no public key") }
            guard !line.hasPrefix("-----BEGIN") else {
                throw CommandFailure(
                    .failure,
                    "\(file) does not look like a public key in OpenSSH's form",
                    hint: "Name the file that ends in .pub; a private key stays with its owner."
                )
            }
            return String(line)
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a key, end the sessions that it opened."
        )

        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
        @Argument(
            help: "The fingerprint, as `key list` shows it.",
            transform: NameArgument.fingerprint
        )
        var fingerprint: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "users", user, "keys", fingerprint) }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["Removed the key \(fingerprint)."]
        }
    }
}
