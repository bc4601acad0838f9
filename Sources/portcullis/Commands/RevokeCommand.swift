import ArgumentParser

/// `portcullis revoke`: ends sessions and answers when they are gone.
struct RevokeCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "End every session of a user, a server or a key.",
        discussion: """
            Answers when the kernel says that the sessions' processes are gone. It ends sessions \
            only: whoever still has access may sign in again.
            """
    )

    /// Which sessions; all that is given must match.
    struct Body: Encodable {
        var user: String?
        var server: String?
        var session: String?
        var key: String?
        var all: Bool?
        var reason: String?
    }

    struct Answer: Decodable {
        let revocation: RevocationAnswer
    }

    @Option(help: "Sessions of this user; with --server only those on that server.")
    var user: String?
    @Option(help: "Sessions on this server.") var server: String?
    @Option(help: "The session with this id.") var session: String?
    @Option(help: "Sessions that signed in with the key of this fingerprint.") var key: String?
    @Flag(help: "Every session.") var all = false
    @Option(help: "What the clients are told, and the activity record keeps.") var reason: String?
    @OptionGroup var control: ControlOptions

    func validate() throws {
        let ways = [user != nil || server != nil, session != nil, key != nil, all]
        if ways.count(where: { $0 }) != 1 {
            throw ValidationError(
                "Say which sessions: --user and/or --server, or --session, or --key, or --all."
            )
        }
    }

    func request() throws -> ControlRequest {
        let body = Body(
            user: user,
            server: server,
            session: session,
            key: key,
            all: all ? true : nil,
            reason: reason
        )
        return try .post("v1", "revocations", body: body)
    }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        try answer.decode(Answer.self).revocation.found == 0 ? ["No session matched."] : []
    }
}
