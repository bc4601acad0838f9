import Foundation
import SubuserStore

/// The fields of a request, read one after the other; whatever is wrong with them is told at once.
///
/// A body that is absent or no object has no fields, as panels see it.
struct ClientForm {
    private let values: [String: JSONValue]
    private var problems: [FieldProblem] = []

    /// - Throws: `malformedJSON`.
    init(_ body: Data) throws(ClientError) {
        guard !body.isEmpty else {
            values = [:]
            return
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: body)
        } catch {
            throw .malformedJSON
        }
        if case .object(let values) = value { self.values = values } else { values = [:] }
    }

    /// The permissions that are asked for, whatever else is wrong; nil where nothing is.
    ///
    /// Whether they may be given is decided before the request is looked at for mistakes.
    var requestedNames: [String]? {
        guard case .list(let elements)? = values["permissions"] else { return nil }
        return elements.compactMap { element in
            guard case .text(let name) = element else { return nil }
            return name
        }
    }

    /// The address that must be there.
    mutating func email(_ name: String) -> Email? {
        guard let value = present(name) else {
            problems.append(.required(name))
            return nil
        }
        guard case .text(let text) = value else {
            problems.append(.wrong(name, "email", "a valid email address"))
            return nil
        }
        do throws(InvalidValue) {
            return try Email(text)
        } catch {
            if case .emailTooLong = error {
                let length = "between 1 and \(Email.maximumLength) characters"
                problems.append(.wrong(name, "between", length))
            } else {
                problems.append(.wrong(name, "email", "a valid email address"))
            }
            return nil
        }
    }

    /// A list of texts that must be there and hold something.
    mutating func texts(_ name: String) -> [String] {
        guard let value = present(name) else {
            problems.append(.required(name))
            return []
        }
        return elements(of: value, name).compactMap { index, element in
            guard case .text(let text) = element else {
                problems.append(.wrong("\(name).\(index)", "string", "a string"))
                return nil
            }
            return text
        }
    }

    /// The uuid that must be there.
    mutating func identifier<Subject>(_ name: String) -> Identifier<Subject>? {
        guard let value = present(name) else {
            problems.append(.required(name))
            return nil
        }
        return identifier(value, name)
    }

    /// A list of uuids; empty when it is absent.
    mutating func identifiers<Subject>(_ name: String) -> [Identifier<Subject>] {
        guard let value = values[name], value != .null else { return [] }
        return elements(of: value, name).compactMap { identifier($1, "\(name).\($0)") }
    }

    /// Refuses what is wrong with the fields read, and every field but these.
    ///
    /// - Throws: `invalid`.
    mutating func finish(_ fields: [String]) throws(ClientError) {
        for name in values.keys.sorted() where !fields.contains(name) {
            problems.append(.prohibited(name))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
    }

    /// A value that is none of those that panels take for nothing.
    private func present(_ name: String) -> JSONValue? {
        switch values[name] {
        case nil, .null, .text(""), .list([]): nil
        case let value?: value
        }
    }

    private mutating func elements(
        of value: JSONValue,
        _ name: String
    ) -> [(offset: Int, element: JSONValue)] {
        guard case .list(let elements) = value else {
            problems.append(.wrong(name, "array", "an array"))
            return []
        }
        return Array(elements.enumerated())
    }

    private mutating func identifier<Subject>(
        _ value: JSONValue,
        _ name: String
    ) -> Identifier<Subject>? {
        guard case .text(let text) = value, let identifier = Identifier<Subject>(text) else {
            problems.append(.wrong(name, "uuid", "a valid UUID"))
            return nil
        }
        return identifier
    }
}
