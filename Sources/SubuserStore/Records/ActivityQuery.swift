/// Which entries are wanted.
package struct ActivityQuery: Sendable {
    /// The most entries that one query answers.
    package static let maximumLimit = 1000

    /// Where the answer begins, and in which direction it goes on.
    package enum Start: Equatable, Sendable {
        /// The newest entry first.
        case newest
        /// The newest entry older than the one with this id first.
        case before(Int64)
        /// Everything that was recorded or has changed since this position, the oldest first.
        ///
        /// A position is what `ActivityPage` answers, or zero for the beginning.
        case after(Int64)
    }

    package var serverID: ServerID?
    /// Whose server `serverID` is; what concerns all servers of theirs is then wanted too.
    package var ownerID: UserID?
    /// Only what this user did, what was done to them, and what concerns all servers of theirs.
    package var userID: UserID?
    /// Only changes that were made by this actor.
    package var actor: ActivityActor?
    package var event: EventPattern?
    /// Only entries of this moment or later.
    package var since: Timestamp?
    /// Only entries of before this moment.
    package var until: Timestamp?
    /// At most this many.
    package var limit: Int
    package var start: Start

    /// A limit out of bounds becomes the nearest that is within.
    package init(
        serverID: ServerID? = nil,
        ownerID: UserID? = nil,
        userID: UserID? = nil,
        actor: ActivityActor? = nil,
        event: EventPattern? = nil,
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        limit: Int = 100,
        start: Start = .newest
    ) {
        self.serverID = serverID
        self.ownerID = ownerID
        self.userID = userID
        self.actor = actor
        self.event = event
        self.since = since
        self.until = until
        self.limit = min(max(1, limit), Self.maximumLimit)
        self.start = start
    }
}

/// Who made changes, to find them by.
package enum ActivityActor: Hashable, Sendable {
    /// Changes in this user's name.
    case user(UserID)
    /// Changes in nobody's name by processes of this user of the host.
    case process(uid: UInt32)

    /// How the record names processes of a user of the host.
    package static func processName(uid: UInt32) -> String { "uid \(uid)" }

    /// Reads `uid 0`; nil for anything else.
    package init?(processName text: String) {
        guard text.hasPrefix("uid "), let uid = UInt32(text.dropFirst(4)),
            text == Self.processName(uid: uid)
        else { return nil }
        self = .process(uid: uid)
    }
}

/// One page of the answer.
package struct ActivityPage: Equatable, Sendable {
    package var records: [ActivityRecord]
    /// Where the next page begins in the same direction; nil when there is none.
    package var next: Int64?
    /// The position of the newest record or change in the store, whether or not it was wanted.
    package var latest: Int64
}

/// The events that a query means: one, all whose names begin alike, or those of a list.
package enum EventPattern: Hashable, Sendable {
    case exactly(String)
    case beginning(with: String)
    case anyOf(Set<String>)

    /// Names are no longer than this, in characters.
    package static let maximumLength = 100

    /// Reads a name, or the beginning of names followed by `*`; nil for anything else.
    package init?(_ text: String) {
        let isBeginning = text.last == "*"
        let name = isBeginning ? text.dropLast() : text[...]
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"), UInt8(ascii: "."),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isName, !text.isEmpty, name.utf8.count <= Self.maximumLength else { return nil }
        self = isBeginning ? .beginning(with: String(name)) : .exactly(String(name))
    }
}
