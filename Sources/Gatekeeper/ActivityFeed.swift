import AccessControl
package import SubuserStore

/// Goes on reading what is recorded from a position on, a few entries at a time.
///
/// Where it stands is in the position alone: another one that is made at the position of an entry
/// goes on behind that entry, also in a later gate.
package struct ActivityFeed: Sendable {
    /// What somebody wants to hear.
    package enum Choice: Sendable {
        /// What `ActivityEvent.announcement` says.
        case announced
        /// These events, and every one of them.
        case events(EventPattern)
    }

    /// As many entries as are held at once.
    ///
    /// One can take about 100 KiB, and each of many callers may be slow.
    package static let pageLength = 32

    private let store: any AccessStore
    private let choice: Choice
    private var query: ActivityQuery
    /// Everything up to here was answered, or is not wanted.
    package private(set) var position: Int64
    /// Whether there is more already.
    package private(set) var hasMore = false

    /// Begins with what was recorded or has grown since a position.
    ///
    /// With a server, only what concerns it, or all servers of whoever owns it by then; with a user,
    /// only what they did, what was done to them, and what concerns all servers of theirs.
    package init(
        _ choice: Choice,
        in store: any AccessStore,
        serverID: ServerID? = nil,
        userID: UserID? = nil,
        after position: Int64
    ) {
        self.store = store
        self.choice = choice
        self.position = position
        query = ActivityQuery(serverID: serverID, userID: userID, limit: Self.pageLength)
        switch choice {
        case .announced: query.event = Self.announced
        case .events(let pattern): query.event = pattern
        }
    }

    /// The next entries, the oldest first; nothing when there are none yet, or none among those
    /// that were looked at.
    package mutating func next() async throws(StoreError) -> [ActivityRecord] {
        query.start = .after(position)
        query.ownerID = try await owner()
        let page = try await store.activity(query)
        hasMore = page.next != nil
        position = max(position, page.next ?? page.latest)
        switch choice {
        case .announced: return page.records.filter(\.entry.isAnnounced)
        case .events: return page.records
        }
    }

    /// Whose the server is now; nil when none is asked for, or when it is gone.
    private func owner() async throws(StoreError) -> UserID? {
        guard let id = query.serverID else { return nil }
        do throws(StoreError) {
            return try await store.server(.id(id)).ownerID
        } catch {
            guard case .notFound(.server) = error else { throw error }
            return nil
        }
    }

    /// The events that may have to be told; of some, only what they did decides.
    private static let announced = EventPattern.anyOf(
        Set(
            ActivityEvent.allCases.filter { event in
                switch event.announcement {
                case .always, .whenSessionsEnded: true
                case .onRequest: false
                }
            }.map(\.rawValue)
        )
    )
}

extension ActivityEntry {
    /// Whether those who follow what happens are told of it without asking for its event.
    package var isAnnounced: Bool {
        switch ActivityEvent(rawValue: event)?.announcement {
        case .always: true
        case .whenSessionsEnded: endedSessions ?? 0 > 0
        case .onRequest, nil: false
        }
    }

    /// How many sessions it ended; nil where it says nothing of that.
    var endedSessions: Int64? {
        guard case .object(let revoked) = properties["revoked"],
            case .number(let found) = revoked["found"]
        else { return nil }
        return found
    }
}
