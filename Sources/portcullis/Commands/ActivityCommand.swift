import ArgumentParser

/// `portcullis activity`: what was done, newest first.
struct ActivityCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity",
        abstract: "Show what was done, newest first."
    )

    struct Answer: Decodable {
        let activity: [ActivityAnswer]
        let next: Int?
    }

    @Option(help: "Only on this server: short id or UUID.") var server: String?
    @Option(help: "Only by this user: user name, email address or UUID.") var user: String?
    @Option(help: "Only this kind of event, for instance server:sftp.login.") var event: String?
    @Option(help: "At most so many entries.") var limit: Int?
    @Option(help: "Only entries older than the one with this number.") var before: Int?
    @OptionGroup var control: ControlOptions

    func request() -> ControlRequest {
        .get(
            "v1",
            "activity",
            query: [
                ("server", server), ("user", user), ("event", event),
                ("limit", limit.map(String.init)), ("before", before.map(String.init)),
            ]
        )
    }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        let answer = try answer.decode(Answer.self)
        guard !answer.activity.isEmpty else { return ["No activity."] }
        var table = TextTable("AT", "EVENT", "USER", "SERVER", "FROM", "DETAILS")
        for entry in answer.activity {
            table.add(
                entry.at,
                entry.event,
                entry.username ?? entry.actor ?? "-",
                // The short id is the beginning of the UUID.
                entry.server.map { String($0.prefix(8)) } ?? "-",
                entry.ip ?? "-",
                JSONValue.fields(entry.properties ?? [:]).joined(separator: " ")
            )
        }
        let lines = table.lines(width: width)
        return answer.next.map { lines + ["Older entries: --before \($0)"] } ?? lines
    }
}
