import ArgumentParser
import LinuxSystem

/// `portcullis activity`: what was done, newest first, or as it is done.
struct ActivityCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity",
        abstract: "Show what was done, newest first.",
        discussion: """
            With --follow the newest entries come last, and what happens from now on follows until \
            the command is interrupted. With --json as well, each answer of the gate is one line.

            ACTOR is who did it, SUBJECT whom it was done to where that is somebody else. \
            FROM is the address of a session, or the one that a panel gave with a change.
            """
    )

    struct Answer: Decodable {
        let activity: [ActivityAnswer]
        let next: Int?
        let latest: Int?
    }

    @Option(help: "Only on this server: short id or UUID.") var server: String?
    @Option(
        help: "Only what this user did or what was done to them: user name, email address or UUID."
    )
    var user: String?
    @Option(help: "Only changes made by this user, or by processes of the host's user: 'uid 0'.")
    var actor: String?
    @Option(help: "Only this event, or all that begin alike, for instance server:sftp.*.")
    var event: String?
    @Option(help: "Only since this time: 2026-11-21T10:08:05Z, or seconds since 1970.")
    var since: String?
    @Option(help: "Only before this time.") var until: String?
    @Option(help: "At most so many entries, up to 1000.") var limit: Int?
    @Option(help: "Only entries older than the one with this number.") var before: Int?
    @Flag(help: "Go on with what happens from now on.") var follow = false
    @OptionGroup var control: ControlOptions

    func validate() throws {
        if follow, before != nil || until != nil {
            throw ValidationError("--follow goes on for ever: leave out --before and --until.")
        }
    }

    func request() -> ControlRequest {
        let limit = limit ?? (follow ? Self.followedFrom : nil)
        return .get(
            "v1",
            "activity",
            query: filters + [
                ("limit", limit.map(String.init)), ("before", before.map(String.init)),
            ]
        )
    }

    /// Asks for everything that was recorded or has grown since `position`.
    func request(after position: Int) -> ControlRequest {
        .get(
            "v1",
            "activity",
            query: filters + [("limit", "1000"), ("after", String(position))]
        )
    }

    func account(
        of answer: ControlAnswer,
        width: Int?
    ) throws(CommandFailure) -> [String] {
        let answer = try answer.decode(Answer.self)
        guard !answer.activity.isEmpty else { return ["No activity."] }
        var table = TextTable("AT", "EVENT", "ACTOR", "SUBJECT", "SERVER", "FROM", "DETAILS")
        for entry in answer.activity {
            let line = ActivityLine(entry)
            table.add(
                line.at,
                line.event,
                line.actor,
                line.subject,
                line.server,
                line.from,
                line.details
            )
        }
        let lines = table.lines(width: width)
        return answer.next.map { lines + ["Older entries: --before \($0)"] } ?? lines
    }

    func run() async throws {
        guard follow else { return try await ask() }
        let socket = try control.socketPath()
        try await ControlClient.connected(to: socket) { client in
            try await goOn(with: client)
        }
    }

    /// Entries shown from before the command was given.
    private static let followedFrom = 10
    private static let interval: Duration = .seconds(1)

    private var filters: [(String, String?)] {
        [
            ("server", server), ("user", user), ("actor", actor), ("event", event),
            ("since", since), ("until", until),
        ]
    }

    private func goOn(with client: ControlClient) async throws {
        var lines = ActivityFollower()
        var text = try await client.send(request())
        var answer = try text.decode(Answer.self)
        try show(text, lines.lines(of: answer.activity.reversed(), width: Terminal.width))
        // What is older than the first page is not asked for.
        var position = answer.latest ?? 0
        while !Task.isCancelled {
            text = try await client.send(request(after: position))
            answer = try text.decode(Answer.self)
            if !answer.activity.isEmpty {
                try show(text, lines.lines(of: answer.activity, width: Terminal.width))
            }
            position = answer.next ?? answer.latest ?? position
            if answer.next == nil { try await Task.sleep(for: Self.interval) }
        }
    }

    private func show(_ answer: ControlAnswer, _ lines: [String]) throws {
        let text = control.json ? [answer.text] : lines
        try StandardOutput.write(Array(text.map { $0 + "\n" }.joined().utf8))
    }
}
