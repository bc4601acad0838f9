import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SubuserStore

/// What a request is answered with: a status and a JSON object.
struct Answer: KeepableAnswer {
    let status: Int
    let body: JSONValue
    private var allowed: [Verb] = []

    private init(status: Int, body: JSONValue) {
        self.status = status
        self.body = body
    }

    /// 200, with what was asked for.
    static func ok(_ members: [String: JSONValue]) -> Answer {
        Answer(status: 200, body: .object(members))
    }

    /// 201, with what was made.
    static func created(_ members: [String: JSONValue]) -> Answer {
        Answer(status: 201, body: .object(members))
    }

    /// The one form that every error has.
    init(_ error: ControlError) {
        var members: [String: JSONValue] = [
            "status": .number(Int64(error.status)),
            "code": .text(error.code),
            "message": .text(error.message),
        ]
        if case .inBatch(let index, _) = error { members["index"] = .number(Int64(index)) }
        self.init(status: error.status, body: .object(["error": .object(members)]))
        if case .methodNotAllowed(_, let verbs) = error { allowed = verbs }
    }

    /// The type of every answer's content.
    static let contentType = "application/json; charset=utf-8"

    /// The content as it goes over the wire: one line, its members in the order of their names.
    func content() throws -> ByteBuffer {
        try Self.content(of: body)
    }

    /// A value as every answer carries it.
    static func content(of body: JSONValue) throws -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var buffer = ByteBuffer(bytes: try encoder.encode(body))
        buffer.writeString("\n")
        return buffer
    }

    /// The whole answer.
    func response() throws -> Response {
        var headers: HTTPFields = [.contentType: Self.contentType]
        if !allowed.isEmpty {
            headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        }
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: headers,
            body: ResponseBody(byteBuffer: try content())
        )
    }
}
