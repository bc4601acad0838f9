import AccessControl
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

    /// Every answer about one subuser, or about somebody who is invited.
    struct Answer: Decodable {
        let subuser: SubuserAnswer?
        let invitation: InvitationAnswer?

        /// What they may do now, as a sentence.
        var sentence: String {
            let permissions = subuser?.permissions ?? invitation?.permissions ?? []
            let list = permissions.joined(separator: ", ")
            let held = list.isEmpty ? "no permissions." : "\(list)."
            guard let invitation else { return "\(subuser?.username ?? "Nobody") holds \(held)" }
            return "\(invitation.email) is invited until \(invitation.expiresAt) and will hold "
                + held
        }
    }

    /// How many permissions panels show: all but the one that everybody has.
    static func count(_ permissions: [String]) -> String {
        "\(permissions.count { $0 != Permission.websocketConnect.name })"
    }

    /// Names one subuser.
    struct Target: ParsableArguments {
        @Argument(help: "The server's short id or UUID.", transform: NameArgument.server)
        var server: String
        @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
        var user: String
    }

    /// Names of permissions.
    struct Permissions: ParsableArguments {
        @Option(
            name: [.customShort("p"), .customLong("permissions")],
            help: ArgumentHelp(
                "Permissions, groups and presets, separated by commas; may be repeated.",
                discussion: "`portcullis permissions` lists them.",
                valueName: "names"
            )
        )
        var lists: [String] = []

        @Flag(help: "No permissions at all.") var noPermissions = false

        var names: [String] { CommaList.names(in: lists) }

        func validate() throws {
            if names.isEmpty != noPermissions {
                throw ValidationError("Give either --permissions or --no-permissions.")
            }
        }
    }

    struct List: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a server's subusers and pending invitations."
        )

        struct Answer: Decodable {
            let subusers: [SubuserAnswer]
            let invitations: [InvitationAnswer]
        }

        @Argument(help: "The server's short id or UUID.", transform: NameArgument.server)
        var server: String
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest { .get("v1", "servers", server, "subusers") }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let answer = try answer.decode(Answer.self)
            var table = TextTable("USER", "EMAIL", "2FA", "PENDING UNTIL", "COUNT", "PERMISSIONS")
            for subuser in answer.subusers {
                table.add(
                    subuser.username,
                    subuser.email,
                    subuser.twoFactor ? "yes" : "no",
                    "-",
                    SubuserCommand.count(subuser.permissions),
                    subuser.permissions.joined(separator: " ")
                )
            }
            for invitation in answer.invitations {
                table.add(
                    "-",
                    invitation.email,
                    "-",
                    invitation.expiresAt,
                    SubuserCommand.count(invitation.permissions),
                    invitation.permissions.joined(separator: " ")
                )
            }
            return table.lines(width: width)
        }
    }

    struct Show: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one subuser, or one pending invitation."
        )

        @OptionGroup var target: Target
        @OptionGroup var control: ControlOptions

        func request() -> ControlRequest {
            .get("v1", "servers", target.server, "subusers", target.user)
        }

        func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
            let answer = try answer.decode(SubuserCommand.Answer.self)
            var table = TextTable()
            var permissions: [String] = []
            if let subuser = answer.subuser {
                permissions = subuser.permissions
                table.add("User", subuser.username)
                table.add("UUID", subuser.user)
                table.add("Email", subuser.email)
                table.add("Two factors", subuser.twoFactor ? "yes" : "no")
                table.add("Since", subuser.createdAt)
            }
            if let invitation = answer.invitation {
                permissions = invitation.permissions
                table.add("UUID", invitation.uuid)
                table.add("Email", invitation.email)
                table.add("Since", invitation.createdAt)
                table.add("Pending until", invitation.expiresAt)
            }
            table.add("Count", SubuserCommand.count(permissions))
            for (index, permission) in permissions.enumerated() {
                table.add(index == 0 ? "Permissions" : "", permission)
            }
            return table.lines(width: width)
        }
    }

    struct Add: ControlCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user a subuser.",
            discussion: "Where the host invites, an email address that nobody has is invited."
        )

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
