import Foundation
import SubuserStore

/// The JSON object of a request, read field by field.
///
/// A field that is null counts as absent, except where `isNull` is asked.
struct RequestFields {
    private let values: [String: JSONValue]

    /// Reads a body that must be a JSON object with no other fields than those `allowed`.
    ///
    /// - Throws: `malformedJSON`, `notAnObject` or `unknownField`.
    init(_ body: Data, allowed: [String]) throws(ControlError) {
        try self.init(try Self.object(in: body), allowed: allowed)
    }

    /// Takes an object that has no other fields than those `allowed`.
    ///
    /// - Throws: `unknownField`.
    init(_ values: [String: JSONValue], allowed: [String]) throws(ControlError) {
        if let stranger = values.keys.sorted().first(where: { !allowed.contains($0) }) {
            throw .unknownField(stranger, allowed: allowed)
        }
        self.values = values
    }

    /// Reads a JSON object.
    ///
    /// - Throws: `malformedJSON` or `notAnObject`.
    static func object(in body: Data) throws(ControlError) -> [String: JSONValue] {
        guard !body.isEmpty else { throw .malformedJSON(detail: "it is empty") }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: body)
        } catch {
            throw .malformedJSON(detail: "it does not follow JSON's grammar")
        }
        guard case .object(let values) = value else { throw .notAnObject }
        return values
    }

    /// Whether the field is there and null.
    func isNull(_ name: String) -> Bool {
        values[name] == .null
    }

    /// A text; nil when absent.
    ///
    /// - Throws: `wrongType`.
    func text(_ name: String) throws(ControlError) -> String? {
        switch values[name] {
        case nil, .null: return nil
        case .text(let text): return text
        case .flag, .number, .fraction, .list, .object:
            throw .wrongType(field: name, expected: "a string")
        }
    }

    /// A text that must be there.
    ///
    /// - Throws: `wrongType` or `missingField`.
    func requiredText(_ name: String) throws(ControlError) -> String {
        guard let text = try text(name) else { throw .missingField(name) }
        return text
    }

    /// True or false; nil when absent.
    ///
    /// - Throws: `wrongType`.
    func flag(_ name: String) throws(ControlError) -> Bool? {
        switch values[name] {
        case nil, .null: return nil
        case .flag(let flag): return flag
        case .text, .number, .fraction, .list, .object:
            throw .wrongType(field: name, expected: "true or false")
        }
    }

    /// A whole number that must be there and not be negative.
    ///
    /// - Throws: `wrongType` or `missingField`.
    func requiredCount(_ name: String) throws(ControlError) -> Int {
        switch values[name] {
        case nil, .null: throw .missingField(name)
        case .number(let number) where number >= 0: return Int(number)
        case .number, .text, .flag, .fraction, .list, .object:
            throw .wrongType(field: name, expected: "a whole number that is not negative")
        }
    }

    /// A whole number that is not negative; nil when absent.
    ///
    /// - Throws: `wrongType`.
    func count(_ name: String) throws(ControlError) -> Int? {
        switch values[name] {
        case nil, .null: nil
        case .some: try requiredCount(name)
        }
    }

    /// A list of texts that must be there.
    ///
    /// - Throws: `wrongType` or `missingField`.
    func requiredTexts(_ name: String) throws(ControlError) -> [String] {
        guard let texts = try texts(name) else { throw .missingField(name) }
        return texts
    }

    /// Whether any of these says something, which neither null nor false do.
    func hasAny(of names: [String]) -> Bool {
        names.contains { name in
            guard let value = values[name] else { return false }
            return value != .null && value != false
        }
    }

    /// A list of 1 to `limit` objects; nil when absent.
    ///
    /// - Throws: `wrongType`.
    func objects(
        _ name: String,
        limit: Int
    ) throws(ControlError) -> [[String: JSONValue]]? {
        switch values[name] {
        case nil, .null: return nil
        case .list(let elements) where (1...limit).contains(elements.count):
            var objects: [[String: JSONValue]] = []
            for element in elements {
                guard case .object(let object) = element else {
                    throw .wrongType(field: name, expected: "a list of objects")
                }
                objects.append(object)
            }
            return objects
        case .list, .text, .flag, .number, .fraction, .object:
            throw .wrongType(field: name, expected: "a list of 1 to \(limit) objects")
        }
    }

    /// A list of texts; nil when absent.
    ///
    /// - Throws: `wrongType`.
    func texts(_ name: String) throws(ControlError) -> [String]? {
        switch values[name] {
        case nil, .null: return nil
        case .list(let elements):
            var texts: [String] = []
            for element in elements {
                guard case .text(let text) = element else {
                    throw .wrongType(field: name, expected: "a list of strings")
                }
                texts.append(text)
            }
            return texts
        case .text, .flag, .number, .fraction, .object:
            throw .wrongType(field: name, expected: "a list of strings")
        }
    }
}
