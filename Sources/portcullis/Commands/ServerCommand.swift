import ArgumentParser

/// `portcullis server`: the servers whose files are behind the gate.
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server",
        abstract: "Show and change servers.",
        subcommands: [List.self, Show.self, Add.self, Set.self, Remove.self]
    )

    /// What a change sends; what is nil stays as it is.
    struct Body: Encodable {
        var uuid: String?
        var name: String?
        var owner: String?
        var directory: String?
        var state: String?
        var signIn: SignInField?
    }

    /// Every answer to a change of one server.
    struct Answer: Decodable {
        let server: ServerAnswer
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List all servers.")

        struct Answer: Decodable {
            let servers: [ServerAnswer]
        }

        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "servers") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable("SERVER", "NAME", "OWNER", "STATE", "DIRECTORY", "UUID")
            for server in try answer.decode(Answer.self).servers {
                table.add(
                    server.shortId,
                    server.name,
                    server.ownerName,
                    server.state,
                    server.directory,
                    server.uuid
                )
            }
            return table.lines(width: width)
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Show one server.")

        @Argument(help: "Short id or UUID.", transform: NameArgument.server) var server: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "servers", server) }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let server: ServerAnswer = try answer.object(named: "server")
            var table = TextTable()
            table.add("Server", server.shortId)
            table.add("UUID", server.uuid)
            table.add("Name", server.name)
            table.add("Owner", "\(server.ownerName) (\(server.owner))")
            table.add("Directory", server.directory)
            table.add("State", server.state)
            table.add("Sign-in", server.signIn?.joined(separator: " or ") ?? "-")
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Add a server.")

        @Argument(help: "What people call the server.") var name: String
        @Option(help: "The owner: user name, email address or UUID.") var owner: String
        @Option(help: "The server's directory, relative to the volumes directory.")
        var directory: String
        @Option(help: "The UUID that the panel knows the server by; else a new one.")
        var uuid: String?
        @Option(help: "normal, suspended, installing, restoring or transferring.")
        var state: String?
        @OptionGroup var signIn: SignInOption
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let body = Body(
                uuid: uuid,
                name: name,
                owner: owner,
                directory: directory,
                state: state,
                signIn: signIn.field
            )
            return try .post("v1", "servers", body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let server = try answer.decode(ServerCommand.Answer.self).server
            return [
                "Added \(server.name) with the short id \(server.shortId); "
                    + "\(server.ownerName) signs in as \(server.ownerName).\(server.shortId)."
            ]
        }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a server.",
            discussion: """
                A new owner or directory, and a state without access, end sessions; so does a \
                sign-in that demands more than they have shown.
                """
        )

        @Argument(help: "Short id or UUID.", transform: NameArgument.server) var server: String
        @Option(help: "A new name.") var name: String?
        @Option(help: "The new owner: user name, email address or UUID.") var owner: String?
        @Option(help: "A new directory, relative to the volumes directory.") var directory: String?
        @Option(help: "normal, suspended, installing, restoring or transferring.")
        var state: String?
        @OptionGroup var signIn: SignInEditOptions
        @OptionGroup var control: ControlOptions

        func validate() throws {
            if name == nil, owner == nil, directory == nil, state == nil, signIn.field == nil {
                throw ValidationError("Nothing to change: give at least one option.")
            }
        }

        func request() throws -> ControlRequest {
            let body = Body(
                name: name,
                owner: owner,
                directory: directory,
                state: state,
                signIn: signIn.field
            )
            return try .patch("v1", "servers", server, body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            ["Changed \(try answer.decode(ServerCommand.Answer.self).server.shortId)."]
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a server, end its sessions; its files stay."
        )

        @Argument(help: "Short id or UUID.", transform: NameArgument.server) var server: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .delete("v1", "servers", server) }

        func account(of answer: ControlAnswer, width: Int?) -> [String] { ["Removed \(server)."] }
    }
}
