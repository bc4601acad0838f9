import ArgumentParser

/// `portcullis revoke`: ends sessions and answers when they are gone.
struct RevokeCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End every session of a user, a server or a key.",
        discussion: """
            Answers when the kernel says that the sessions' processes are gone, and tells how each \
            of them ended. It ends sessions only: whoever still has access may sign in again.

            With --job a revocation can be asked for again: it is done once, and the same id is \
            answered the same. `portcullis revocations` shows what was done.
            """
    )

    /// Which sessions; all that is given must match.
    struct Body: Encodable {
        var user: String?
        var server: String?
        var servers: [String]?
        var session: String?
        var key: String?
        var all: Bool?
        var reason: String?
        var job: String?
    }

    @Option(help: "Sessions of this user; with --server only those on that server.")
    var user: String?
    @Option(help: "Sessions on this server; with --user it may be repeated.") var server: [String] =
        []
    @Option(help: "The session with this id.") var session: String?
    @Option(help: "Sessions that signed in with the key of this fingerprint.") var key: String?
    @Flag(help: "Every session.") var all = false
    @Option(help: "What the clients are told, and the activity record keeps.") var reason: String?
    @Option(help: "A name for this revocation: the same again is answered, and not done, again.")
    var job: String?
    @OptionGroup var control: ControlOptions

    func validate() throws {
        let ways = [user != nil || !server.isEmpty, session != nil, key != nil, all]
        if ways.count(where: { $0 }) != 1 {
            throw ValidationError(
                "Say which sessions: --user and/or --server, or --session, or --key, or --all."
            )
        }
        if server.count > 1 && user == nil {
            throw ValidationError("Several servers need --user.")
        }
    }

    func request() throws -> ControlRequest {
        let body = Body(
            user: user,
            server: server.count == 1 ? server.first : nil,
            servers: server.count > 1 ? server : nil,
            session: session,
            key: key,
            all: all ? true : nil,
            reason: reason,
            job: job
        )
        return try .post("v1", "revocations", body: body)
    }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        let done = try answer.decode(RevocationJobAnswer.self)
        var lines: [String] = []
        if done.repeated == true {
            lines.append("This was done before, on \(done.createdAt); it came to this:")
        }
        lines.append("Job \(done.job).")
        return lines + done.account(width: width)
    }
}

extension RevocationJobAnswer {
    /// What became of the sessions.
    func account(width: Int?) -> [String] {
        guard let revocation else { return ["It is not done yet."] }
        guard revocation.found > 0 else { return ["No session matched."] }
        var table = TextTable("SESSION", "USER", "SERVER", "ENDED", "CUT", "WRITTEN", "READ")
        for session in sessions ?? [] {
            table.add(
                session.id,
                session.username ?? "-",
                session.serverShortId ?? "-",
                session.ended,
                "\(session.requestsCut)",
                ByteCount.format(session.bytesWritten),
                ByteCount.format(session.bytesRead)
            )
        }
        let requests = requestsCut == 1 ? "1 request" : "\(requestsCut) requests"
        return table.lines(width: width) + [
            "Cut off \(requests); \(ByteCount.format(bytesWritten)) had been written and "
                + "\(ByteCount.format(bytesRead)) read."
        ]
    }
}
