import HTTPTypes
import SubuserStore

/// Something that a request says outside its body.
struct Parameter: Sendable {
    enum Place: String {
        case path
        case query
        case header
    }

    let place: Place
    let name: String
    let schema: Schema
    let summary: String

    /// A name in the path that must be more than such names are elsewhere.
    static func path(_ name: PathName, _ schema: Schema, _ summary: String) -> Parameter {
        Parameter(place: .path, name: name.rawValue, schema: schema, summary: summary)
    }

    static func query(_ name: String, _ schema: Schema, _ summary: String) -> Parameter {
        Parameter(place: .query, name: name, schema: schema, summary: summary)
    }

    /// In whose name the panel asks.
    static let actingUser = Parameter(
        place: .header,
        name: HTTPField.Name.actingUser.rawName,
        schema: .userReference,
        summary: "In whose name the panel asks; without it, the panel itself does."
    )

    /// Where the person is for whom the panel asks.
    static let clientAddress = Parameter(
        place: .header,
        name: HTTPField.Name.clientAddress.rawName,
        schema: .either(.text(format: "ipv4"), .text(format: "ipv6")),
        summary:
            "Where the person is who wants it: the `ip` of what a change leaves in the activity."
    )

    /// The caller's name for something that is to be made.
    static let idempotencyKey = Parameter(
        place: .header,
        name: HTTPField.Name.idempotencyKey.rawName,
        schema: .text(1...IdempotencyKey.maximumLength, pattern: "^[!-~]([ -~]*[!-~])?$"),
        summary:
            "A new one for each thing that is to be made; the same again is answered as it was "
            + "the first time."
    )

    /// Where a client of a stream goes on.
    static let lastEventID = Parameter(
        place: .header,
        name: HTTPField.Name.lastEventID.rawName,
        schema: .number(from: 0).orEmpty,
        summary:
            "The id of the last event that came: it goes on behind it. Counts before `after`."
    )

    /// Whose server what is asked for concerns.
    static let concernedServer = query(
        "server",
        .serverReference,
        "Only what concerns this server, or all servers of its owner."
    )

    /// Whom what is asked for concerns.
    static let concernedUser = query(
        "user",
        .userReference,
        "Only what this user did, what was done to them, and what concerns all servers of theirs."
    )

    /// The parameter as the document has it.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "in": .text(place.rawValue), "name": .text(name), "schema": schema.json,
            "description": .text(summary),
        ]
        if place == .path { members["required"] = true }
        return .object(members)
    }
}
