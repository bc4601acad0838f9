import FoundationEssentials
import WireFormat

/// One request to the control API.
package struct ControlRequest: Equatable, Sendable {
    /// What is done to the resource.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    /// The path with its query, percent-encoded.
    package var target: String
    /// A JSON object, where there is one.
    package var body: [UInt8]?

    private init(_ method: Method, _ path: [String], body: [UInt8]? = nil) {
        self.method = method
        self.target = path.map { "/" + PercentEncoding.encode($0) }.joined()
        self.body = body
    }

    /// Reads `path`; parameters without a value are left out.
    package static func get(_ path: String..., query: [(String, String?)] = []) -> ControlRequest {
        var request = ControlRequest(.get, path)
        let parameters = query.compactMap { name, value in
            value.map { PercentEncoding.encode(name) + "=" + PercentEncoding.encode($0) }
        }
        if !parameters.isEmpty { request.target += "?" + parameters.joined(separator: "&") }
        return request
    }

    /// Creates something beneath `path`.
    package static func post(_ path: String..., body: some Encodable) throws -> ControlRequest {
        ControlRequest(.post, path, body: try json(body))
    }

    /// Creates something beneath `path` about which there is nothing to say.
    package static func post(_ path: String...) -> ControlRequest {
        ControlRequest(.post, path)
    }

    /// Makes `path` name this, whatever it named before.
    package static func put(_ path: String..., body: some Encodable) throws -> ControlRequest {
        ControlRequest(.put, path, body: try json(body))
    }

    /// Changes what `path` names.
    package static func patch(_ path: String..., body: some Encodable) throws -> ControlRequest {
        ControlRequest(.patch, path, body: try json(body))
    }

    /// Removes what `path` names.
    package static func delete(_ path: String...) -> ControlRequest {
        ControlRequest(.delete, path)
    }

    private static func json(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
