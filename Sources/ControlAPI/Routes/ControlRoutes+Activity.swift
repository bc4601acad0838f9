import Gatekeeper
import SubuserStore

extension ControlRoutes {
    func listActivity(_ request: ControlRequest) async throws -> Answer {
        let (server, owner) = try await server(request.parameter("server"))
        let page = try await administration.activity(
            ActivityQuery(
                serverID: server,
                ownerID: owner,
                userID: try await userID(request.parameter("user")),
                actor: try await actor(request.parameter("actor")),
                event: try event(request.parameter("event")),
                since: try moment("since", in: request),
                until: try moment("until", in: request),
                limit: try limit(request.parameter("limit")),
                start: try start(of: request)
            )
        )
        return .ok([
            "activity": .list(page.records.map { JSONValue($0) }),
            "next": page.next.map { .number($0) } ?? .null,
            "latest": .number(page.latest),
        ])
    }

    func event(_ text: String?) throws(ControlError) -> EventPattern? {
        guard let text else { return nil }
        guard let pattern = EventPattern(text) else {
            throw .invalidField(
                "event",
                message: "An event is a name such as server:sftp.login, or the beginning of names "
                    + "followed by *, such as server:sftp.*."
            )
        }
        return pattern
    }

    private func moment(
        _ name: String,
        in request: ControlRequest
    ) throws(ControlError) -> Timestamp? {
        guard let text = request.parameter(name) else { return nil }
        guard let moment = Timestamp(text) else {
            throw .invalidField(
                name,
                message: "\(name) must be a time such as 2026-11-21T10:08:05Z, or seconds since "
                    + "1970."
            )
        }
        return moment
    }

    /// How many a page may have at most.
    func limit(_ text: String?) throws(ControlError) -> Int {
        guard let text else { return 100 }
        guard let limit = Int(text), (1...ActivityQuery.maximumLimit).contains(limit) else {
            throw .invalidField(
                "limit",
                message: "limit must be a number from 1 to \(ActivityQuery.maximumLimit)."
            )
        }
        return limit
    }

    private func start(of request: ControlRequest) throws(ControlError) -> ActivityQuery.Start {
        let before = try request.positiveParameter("before")
        guard let after = request.parameter("after") else {
            return before.map { .before($0) } ?? .newest
        }
        guard before == nil else {
            throw .invalidField("after", message: "after and before cannot be given together.")
        }
        return .after(try position(after))
    }

    /// Where to go on.
    func position(_ text: String) throws(ControlError) -> Int64 {
        guard let position = Int64(text), position >= 0 else {
            throw .invalidField(
                "after",
                message: "after must be 0 or a number that an answer gave as next or latest."
            )
        }
        return position
    }

    // A uuid is taken as it is: what it names may be deleted while its activity is kept.

    /// A server and, while it is there, whose it is.
    func server(_ name: String?) async throws -> (id: ServerID?, owner: UserID?) {
        guard let name else { return (nil, nil) }
        let reference = try server(named: name)
        do throws(AdministrationError) {
            let server = try await administration.server(reference)
            return (server.id, server.ownerID)
        } catch {
            guard case .id(let id) = reference, case .store(.notFound(.server)) = error else {
                throw error
            }
            return (id, nil)
        }
    }

    private func actor(_ name: String?) async throws -> ActivityActor? {
        guard let name else { return nil }
        // Many libraries write a blank in a query as a plus.
        let spaced = name.replacing("uid+", with: "uid ")
        if let process = ActivityActor(processName: spaced) { return process }
        return try await userID(name).map { .user($0) }
    }

    func userID(_ name: String?) async throws -> UserID? {
        guard let name else { return nil }
        let reference = try user(named: name)
        if case .id(let id) = reference { return id }
        return try await administration.user(reference).id
    }
}
