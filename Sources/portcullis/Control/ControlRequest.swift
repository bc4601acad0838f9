import FoundationEssentials

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
        self.target = path.map { "/" + Self.encoded($0) }.joined()
        self.body = body
    }

    /// Reads `path`; parameters without a value are left out.
    package static func get(_ path: String..., query: [(String, String?)] = []) -> ControlRequest {
        var request = ControlRequest(.get, path)
        let parameters = query.compactMap { name, value in
            value.map { encoded(name) + "=" + encoded($0) }
        }
        if !parameters.isEmpty { request.target += "?" + parameters.joined(separator: "&") }
        return request
    }

    /// Creates something beneath `path`.
    package static func post(_ path: String..., body: some Encodable) throws -> ControlRequest {
        ControlRequest(.post, path, body: try json(body))
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

    /// Everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
