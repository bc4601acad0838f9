import SubuserStore

/// What a JSON value may be: a schema of JSON Schema's draft 2020-12, as OpenAPI 3.1 takes it.
struct Schema: Sendable {
    private var members: [String: JSONValue]

    /// The schema as it stands in the document.
    var json: JSONValue { .object(members) }

    /// Whether an object must have any of its members.
    var requiresMembers: Bool { members["required"] != nil }
}

extension Schema {
    /// Text, with its length in characters.
    static func text(
        _ length: ClosedRange<Int>? = nil,
        pattern: String? = nil,
        format: String? = nil
    ) -> Schema {
        var members: [String: JSONValue] = ["type": "string"]
        if let length {
            members["minLength"] = .number(Int64(length.lowerBound))
            members["maxLength"] = .number(Int64(length.upperBound))
        }
        members["pattern"] = pattern.map { .text($0) }
        members["format"] = format.map { .text($0) }
        return Schema(members: members)
    }

    /// Text of any length.
    static let text = text()

    /// Text that is JSON of this kind.
    static func text(holding content: Schema) -> Schema {
        text.adding("contentMediaType", "application/json").adding("contentSchema", content.json)
    }

    /// One of these texts.
    static func one(of texts: [String]) -> Schema {
        Schema(members: ["type": "string", "enum": .texts(texts)])
    }

    /// A whole number.
    static func number(from least: Int64, to largest: Int64 = .max) -> Schema {
        Schema(
            members: [
                "type": "integer", "minimum": .number(least), "maximum": .number(largest),
            ]
        )
    }

    /// How many there are of something.
    static let count = number(from: 0)

    /// True or false.
    static let flag = Schema(members: ["type": "boolean"])

    /// This value and no other.
    static func only(_ value: JSONValue) -> Schema {
        Schema(members: ["const": value])
    }

    static func list(of element: Schema) -> Schema {
        Schema(members: ["type": "array", "items": element.json])
    }

    /// A schema that has a name of its own in the document.
    static func reference(_ record: RecordSchema) -> Schema {
        Schema(members: ["$ref": .text("#/components/schemas/\(record.rawValue)")])
    }

    /// Exactly one of these schemas.
    static func either(_ schemas: [Schema]) -> Schema {
        Schema(members: ["oneOf": .list(schemas.map(\.json))])
    }

    /// One schema or the other, not both.
    static func either(_ first: Schema, _ second: Schema) -> Schema {
        either([first, second])
    }

    /// Any value.
    static let anything = Schema(members: [:])

    /// An object whose members have any names and all values like this.
    static func map(to value: Schema) -> Schema {
        Schema(members: ["type": "object", "additionalProperties": value.json])
    }

    /// An object with any members.
    static let anyObject = Schema(members: ["type": "object"])

    /// An object of an answer: these members and no others, those `sometimes` there excepted.
    static func answer(
        _ always: [String: Schema],
        sometimes: [String: Schema] = [:]
    ) -> Schema {
        closed(always.merging(sometimes) { first, _ in first }, required: always.keys.sorted())
    }

    /// The body of a request; a field that is null counts as absent.
    static func request(
        required: [String: Schema] = [:],
        optional: [String: Schema] = [:]
    ) -> Schema {
        closed(
            required.merging(optional.mapValues(\.orNull)) { first, _ in first },
            required: required.keys.sorted()
        )
    }

    private static func closed(_ properties: [String: Schema], required: [String]) -> Schema {
        var members: [String: JSONValue] = [
            "type": "object", "additionalProperties": false,
            "properties": .object(properties.mapValues(\.json)),
        ]
        if !required.isEmpty { members["required"] = .texts(required) }
        return Schema(members: members)
    }
}

extension Schema {
    /// The same, or null.
    var orNull: Schema {
        guard case .text(let type) = members["type"], members["enum"] == nil else {
            return Schema(members: ["anyOf": .list([json, .object(["type": "null"])])])
        }
        var copy = self
        copy.members["type"] = .texts([type, "null"])
        return copy
    }

    /// The same, or nothing: a parameter that is empty counts as absent.
    var orEmpty: Schema {
        Schema(members: ["anyOf": .list([json, .object(["const": ""])])])
    }

    /// Without the empty list.
    var nonempty: Schema { adding("minItems", 1) }

    /// A list with no more elements than this.
    func atMost(_ count: Int) -> Schema { adding("maxItems", .number(Int64(count))) }

    /// With a sentence for people.
    func described(_ sentence: String) -> Schema {
        adding("description", .text(sentence))
    }

    /// With values that would do.
    func examples(_ values: JSONValue...) -> Schema {
        adding("examples", .list(values))
    }

    /// With the value that counts when none is given.
    func standard(_ value: JSONValue) -> Schema {
        adding("default", value)
    }

    /// Without the texts that match a pattern.
    func excluding(pattern: String) -> Schema {
        adding("not", .object(["type": "string", "pattern": .text(pattern)]))
    }

    /// Without the objects that have all of these fields with a value.
    func excludingTogether(_ names: [String]) -> Schema {
        let present = Dictionary(
            uniqueKeysWithValues: names.map { ($0, JSONValue.object(["type": "string"])) }
        )
        return adding(
            "not",
            .object(["required": .texts(names), "properties": .object(present)])
        )
    }

    /// Only what at least one of `alternatives` takes as well.
    func matchingAny(of alternatives: [Schema]) -> Schema {
        adding("anyOf", .list(alternatives.map(\.json)))
    }

    /// An object that has a field, and others only as null or false.
    static func giving(_ name: String, _ schema: Schema, without absent: [String]) -> Schema {
        giving([name: schema], without: absent)
    }

    /// An object that has all of these fields, and others only as null or false.
    static func giving(_ fields: [String: Schema], without absent: [String]) -> Schema {
        let nothing = JSONValue.object(["enum": .list([.null, false])])
        var properties = fields.mapValues(\.json)
        for other in absent { properties[other] = nothing }
        return Schema(
            members: [
                "required": .texts(fields.keys.sorted()), "properties": .object(properties),
            ]
        )
    }

    private func adding(_ name: String, _ value: JSONValue) -> Schema {
        var copy = self
        copy.members[name] = value
        return copy
    }
}
