import SubuserStore

/// What a body holds: its media type, and what it is made of.
struct Content: Sendable {
    private let mediaType: String
    private let members: [String: JSONValue]
    /// Whether it is many values, one in each line.
    let isLines: Bool
    /// Whether an object has members that must be there.
    let requiresMembers: Bool

    /// A JSON value.
    static func json(_ schema: Schema) -> Content {
        Content(
            mediaType: "application/json",
            members: ["schema": schema.json],
            isLines: false,
            requiresMembers: schema.requiresMembers
        )
    }

    /// JSON values, one in each line.
    ///
    /// OpenAPI 3.1 has no word for it; 3.2 calls the schema of a line `itemSchema`.
    static func lines(of line: Schema) -> Content {
        Content(
            mediaType: "application/jsonl",
            members: ["schema": Schema.text.json, "x-itemSchema": line.json],
            isLines: true,
            requiresMembers: false
        )
    }

    /// Server-sent events whose data is JSON (WHATWG HTML section 9.2).
    ///
    /// What stands in `x-itemSchema` is what OpenAPI 3.2 has as `itemSchema` for such a stream.
    static func events(holding data: Schema) -> Content {
        Content(
            mediaType: ServerSentEvent.contentType,
            members: [
                "schema": Schema.text.json,
                "x-itemSchema": Schema.answer([
                    "id": .text(pattern: "^[0-9]+$"), "event": .text, "data": .text(holding: data),
                ]).json,
            ],
            isLines: false,
            requiresMembers: false
        )
    }

    /// The content as the document has it.
    var json: JSONValue { .object([mediaType: .object(members)]) }
}
