import Gatekeeper
import SubuserStore

extension ControlRoutes {
    /// What a caller wants to hear, from where on.
    ///
    /// The header `Last-Event-ID` counts before the parameter `after`: a client that connects again
    /// sends both.
    func eventFeed(
        _ request: ControlRequest,
        lastEventID: String?
    ) async throws -> ActivityFeed {
        let (server, _) = try await server(request.parameter("server"))
        let user = try await userID(request.parameter("user"))
        let pattern = try event(request.parameter("event"))
        let after = try request.parameter("after").map(position)
        let last = try lastPosition(lastEventID)
        let latest = try await administration.activity(ActivityQuery(limit: 1)).latest
        let start = last ?? after ?? latest
        // It is of another store, or of this one before it was restored. Waiting for it would be
        // missing whatever happens until then.
        guard start <= latest else { throw ControlError.unknownPosition(start, latest: latest) }
        return administration.activityFeed(
            pattern.map { .events($0) } ?? .announced,
            serverID: server,
            userID: user,
            after: start
        )
    }

    private func lastPosition(_ text: String?) throws(ControlError) -> Int64? {
        guard let text, !text.isEmpty else { return nil }
        guard let position = Int64(text), position >= 0 else {
            throw .invalidField(
                "last_event_id",
                message: "The header Last-Event-ID must be the id of an event of this stream."
            )
        }
        return position
    }
}
