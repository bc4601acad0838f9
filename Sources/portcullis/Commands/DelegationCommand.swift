import ArgumentParser

/// `portcullis delegation`: who may act on all servers of an owner.
struct DelegationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delegation",
        abstract: "Show and change who may use all servers of an owner.",
        subcommands: [List.self, Show.self, Set.self, Remove.self]
    )

    /// What a change sends.
    struct Body: Encodable {
        var permissions: [String]
    }

    /// Every answer about one delegation.
    struct Answer: Decodable {
        let delegation: DelegationAnswer
    }

    /// Names one delegation.
    struct Target: ParsableArguments {
        @Argument(
            help: "The owner: user name, email address or UUID.",
            transform: NameArgument.user
        )
        var owner: String
        @Argument(
            help: "Who may act for them: user name, email address or UUID.",
            transform: NameArgument.user
        )
        var user: String
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "List who may use all servers of an owner."
        )

        struct Answer: Decodable {
            let delegations: [DelegationAnswer]
        }

        @Argument(
            help: "The owner: user name, email address or UUID.",
            transform: NameArgument.user
        )
        var owner: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "users", owner, "delegations") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            var table = TextTable("USER", "EMAIL", "2FA", "SINCE", "COUNT", "PERMISSIONS")
            for delegation in try answer.decode(Answer.self).delegations {
                table.add(
                    delegation.username,
                    delegation.email,
                    delegation.twoFactor ? "yes" : "no",
                    delegation.createdAt,
                    SubuserCommand.count(delegation.permissions),
                    delegation.permissions.joined(separator: " ")
                )
            }
            return table.lines(width: width)
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what one user may do on all servers of an owner."
        )

        @OptionGroup var target: Target
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .get("v1", "users", target.owner, "delegations", target.user)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let delegation = try answer.decode(Answer.self).delegation
            var table = TextTable()
            table.add("Owner", delegation.ownerName)
            table.add("User", delegation.username)
            table.add("UUID", delegation.user)
            table.add("Email", delegation.email)
            table.add("Two factors", delegation.twoFactor ? "yes" : "no")
            table.add("Since", delegation.createdAt)
            table.add("Count", SubuserCommand.count(delegation.permissions))
            for (index, permission) in delegation.permissions.enumerated() {
                table.add(index == 0 ? "Permissions" : "", permission)
            }
            return table.lines(width: width)
        }
    }

    struct Set: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a user use all servers of an owner, those to come included.",
            discussion: "Where the permissions differ from before, the user's sessions there end."
        )

        @OptionGroup var target: Target
        @OptionGroup var permissions: SubuserCommand.Permissions
        @OptionGroup var control: ControlOptions

        func request() throws -> ControlRequest {
            let body = Body(permissions: permissions.names)
            return try .put("v1", "users", target.owner, "delegations", target.user, body: body)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let delegation = try answer.decode(Answer.self).delegation
            return [
                "\(delegation.username) holds \(delegation.permissions.joined(separator: ", ")) "
                    + "on all servers of \(delegation.ownerName)."
            ]
        }
    }

    struct Remove: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a delegation, and the user's sessions that rest on it."
        )

        @OptionGroup var target: Target
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .delete("v1", "users", target.owner, "delegations", target.user)
        }

        func account(of answer: ControlAnswer, width: Int?) -> [String] {
            ["\(target.user) acts for \(target.owner) no more."]
        }
    }
}
