import ArgumentParser

/// `portcullis subuser`: who else may use a server, and for what.
struct SubuserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "subuser",
        abstract: "Show and change the subusers of a server.",
        subcommands: [List.self, Show.self, Add.self, Set.self, Remove.self]
    )

    /// What a change sends.
    struct Body: Encodable {
        var user: String?
        var permissions: [String]
    }

    /// Every answer to a change of one subuser.
    struct Answer: Decodable {
        let subuser: SubuserAnswer

        /// What the subuser may do now, as a sentence.
        var sentence: String {
            let list = subuser.permissions.joined(separator: ", ")
            return "\(subuser.username) holds " + (list.isEmpty ? "no permissions." : "\(list).")
        }
    }

    /// Names one subuser.
    struct Target: ParsableArguments {
        @Argument(help: "The server's short id or UUID.") var server: String
        @Argument(help: "User name, email address or UUID.") var user: String
    }

    /// Names of permissions.
    struct Permissions: ParsableArguments {
        @Option(
            name: [.customShort("p"), .customLong("permissions")],
            help: ArgumentHelp(
                "Permissions, separated by commas; may be repeated.",
                discussion: "`portcullis permissions` lists them.",
                valueName: "names"
            )
        )
        var lists: [String] = []

        @Flag(help: "No permissions at all.") var noPermissions = false

        var names: [String] {
            lists.flatMap { $0.split(separator: ",").map(String.init) }
        }

        func validate() throws {
            if names.isEmpty != noPermissions {
                throw ValidationError("Give either --permissions or --no-permissions.")
            }
        }
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "List a server's subusers.")

        struct Answer: Decodable {
            let subusers: [SubuserAnswer]
        }

        @Argument(help: "The server's short id or UUID.") var server: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "servers", server, "subusers") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable("USER", "EMAIL", "PERMISSIONS")
            for subuser in try answer.decode(Answer.self).subusers {
                table.add(
                    subuser.username,
                    subuser.email,
                    subuser.permissions.joined(separator: " ")
                )
            }
            return table.lines(width: width)
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Show one subuser.")

        @OptionGroup var target: Target
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .get("v1", "servers", target.server, "subusers", target.user)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let subuser: SubuserAnswer = try answer.object(named: "subuser")
            var table = TextTable()
            table.add("User", subuser.username)
            table.add("UUID", subuser.user)
            table.add("Email", subuser.email)
            table.add("Since", subuser.createdAt)
            for (index, permission) in subuser.permissions.enumerated() {
                table.add(index == 0 ? "Permissions" : "", permission)
            }
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(abstract: "Make a user a subuser.")

        @OptionGroup var target: Target
        @OptionGroup var permissions: Permissions
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let body = Body(user: target.user, permissions: permissions.names)
            return try .post("v1", "servers", target.server, "subusers", body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            [try answer.decode(Answer.self).sentence]
        }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace a subuser's permissions.",
            discussion: "Where they differ from before, the subuser's sessions on the server end."
        )

        @OptionGroup var target: Target
        @OptionGroup var permissions: Permissions
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let body = Body(permissions: permissions.names)
            return try .patch(
                "v1",
                "servers",
                target.server,
                "subusers",
                target.user,
                body: body
            )
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            [try answer.decode(Answer.self).sentence]
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a subuser, end the subuser's sessions on the server."
        )

        @OptionGroup var target: Target
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .delete("v1", "servers", target.server, "subusers", target.user)
        }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["Removed \(target.user) from \(target.server)."]
        }
    }
}
