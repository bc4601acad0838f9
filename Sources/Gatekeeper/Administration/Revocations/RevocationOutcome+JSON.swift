import SessionLink
package import SubuserStore

/// How what came of a revocation is kept, and told.
extension RevocationOutcome {
    /// The short form: how many sessions, and how they ended.
    package var counts: JSONValue {
        .object([
            "found": .number(Int64(found)),
            "endedByGoodbye": .number(Int64(endedByGoodbye)),
            "endedByKill": .number(Int64(endedByKill)),
            "pending": .texts(pending.map(\.description)),
            "milliseconds": .number(Int64(milliseconds)),
        ])
    }

    /// Everything, as it is kept.
    var record: [String: JSONValue] {
        [
            "sessions": .list(sessions.map(\.members)),
            "milliseconds": .number(Int64(milliseconds)),
        ]
    }

    /// Reads what `record` has written; nil for anything else.
    init?(record: [String: JSONValue]) {
        guard case .list(let values)? = record["sessions"],
            let milliseconds = record["milliseconds"]?.count
        else { return nil }
        let sessions = values.compactMap { EndedSession($0) }
        guard sessions.count == values.count else { return nil }
        self.init(sessions, milliseconds: Int(clamping: milliseconds))
    }
}

extension EndedSession {
    package var members: JSONValue {
        .object([
            "id": .text("\(id)"),
            "user": .optional(userID),
            "username": .optional(userName),
            "server": .optional(serverID),
            "serverShortId": .optional(serverShortID),
            "ended": .text(manner.rawValue),
            "requestsCut": .number(Int64(clamping: requestsCut)),
            "bytesWritten": .number(Int64(clamping: bytesWritten)),
            "bytesRead": .number(Int64(clamping: bytesRead)),
        ])
    }

    init?(_ value: JSONValue) {
        guard case .object(let members) = value,
            let id = members["id"]?.text.flatMap({ SessionID($0) }),
            let manner = members["ended"]?.text.flatMap({ Manner(rawValue: $0) }),
            let requestsCut = members["requestsCut"]?.count,
            let bytesWritten = members["bytesWritten"]?.count,
            let bytesRead = members["bytesRead"]?.count
        else { return nil }
        self.init(
            id: id,
            userID: members["user"]?.text.flatMap { UserID($0) },
            userName: members["username"]?.text.flatMap { try? UserName($0) },
            serverID: members["server"]?.text.flatMap { ServerID($0) },
            serverShortID: members["serverShortId"]?.text.flatMap { ShortID($0) },
            manner: manner
        )
        self.requestsCut = requestsCut
        self.bytesWritten = bytesWritten
        self.bytesRead = bytesRead
    }
}

extension JSONValue {
    fileprivate static func optional(_ value: (some CustomStringConvertible)?) -> JSONValue {
        value.map { .text($0.description) } ?? .null
    }
}
