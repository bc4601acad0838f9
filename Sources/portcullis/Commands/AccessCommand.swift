import ArgumentParser

/// `portcullis access`: on which servers somebody may do what.
struct AccessCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "access",
        abstract: "Show every server that a user may use, and for whom they act."
    )

    struct Answer: Decodable {
        let servers: [StandingAnswer]
        let accounts: [DelegationAnswer]
    }

    @Argument(help: "User name, email address or UUID.", transform: NameArgument.user)
    var user: String
    @OptionGroup var control: ControlOptions

    func request() -> ControlRequest { .get("v1", "users", user, "access") }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        let answer = try answer.decode(Answer.self)
        guard !answer.servers.isEmpty || !answer.accounts.isEmpty else {
            return ["\(user) may use no server."]
        }
        var servers = TextTable("SERVER", "NAME", "ROLE", "COUNT", "PERMISSIONS")
        for server in answer.servers {
            servers.add(
                server.shortId,
                server.name,
                server.role,
                SubuserCommand.count(server.permissions),
                server.permissions.joined(separator: " ")
            )
        }
        var accounts = TextTable("ACTS FOR", "SINCE", "PERMISSIONS")
        for account in answer.accounts {
            accounts.add(
                account.ownerName,
                account.createdAt,
                account.permissions.joined(separator: " ")
            )
        }
        let lines = servers.lines(width: width)
        return answer.accounts.isEmpty ? lines : lines + [""] + accounts.lines(width: width)
    }
}
