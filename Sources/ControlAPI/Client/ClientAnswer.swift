import Gatekeeper
import HTTPTypes
import Hummingbird
import NIOCore
import SubuserStore

/// What a request to the panel-shaped part is answered with.
struct ClientAnswer: KeepableAnswer {
    let status: Int
    /// Nil for no content.
    private let body: JSONValue?
    private var headers: HTTPFields = [:]

    /// 200, with an object in the form that panels give everything.
    static func ok(
        _ object: String,
        _ attributes: JSONValue,
        meta: [String: JSONValue]? = nil
    ) -> ClientAnswer {
        ok(JSONValue.object(["object": .text(object), "attributes": attributes]), meta)
    }

    /// 200, with a list of objects of one kind.
    static func list(
        _ kind: String,
        _ elements: [JSONValue],
        meta: [String: JSONValue]? = nil
    ) -> ClientAnswer {
        let data = elements.map {
            JSONValue.object(["object": .text(kind), "attributes": $0])
        }
        return ok(.object(["object": "list", "data": .list(data)]), meta)
    }

    /// 204. What was ended stands in a header, because there is no content to tell it in.
    static func done(_ revocation: RevocationOutcome) -> ClientAnswer {
        var answer = ClientAnswer(status: 204, body: nil)
        answer.headers[.revoked] = revocation.field
        return answer
    }

    /// The one form that every error has: a list, in which each mistake is an entry of its own.
    init(_ error: ClientError) {
        func entry(_ detail: String, _ meta: [String: JSONValue]?) -> JSONValue {
            var members: [String: JSONValue] = [
                "code": .text(error.code), "status": .text("\(error.status)"),
                "detail": .text(detail),
            ]
            members["meta"] = meta.map { .object($0) }
            return .object(members)
        }
        var entries = [entry(error.detail, nil)]
        if case .invalid(let problems) = error {
            entries = problems.map { problem in
                entry(
                    problem.detail,
                    ["source_field": .text(problem.field), "rule": .text(problem.rule)]
                )
            }
        }
        self.init(status: error.status, body: .object(["errors": .list(entries)]))
        if case .methodNotAllowed(let allowed) = error {
            headers[.allow] = allowed.map(\.rawValue).joined(separator: ", ")
        }
    }

    func content() throws -> ByteBuffer {
        try body.map { try Answer.content(of: $0) } ?? ByteBuffer()
    }

    func response() throws -> Response {
        let status = HTTPResponse.Status(code: status)
        guard body != nil else { return Response(status: status, headers: headers) }
        var headers = headers
        headers[.contentType] = Answer.contentType
        return Response(
            status: status,
            headers: headers,
            body: ResponseBody(byteBuffer: try content())
        )
    }

    private init(status: Int, body: JSONValue?) {
        self.status = status
        self.body = body
    }

    private static func ok(_ body: JSONValue, _ meta: [String: JSONValue]?) -> ClientAnswer {
        guard let meta, case .object(var members) = body else {
            return ClientAnswer(status: 200, body: body)
        }
        members["meta"] = .object(meta)
        return ClientAnswer(status: 200, body: .object(members))
    }
}

extension RevocationOutcome {
    /// As a dictionary of a header (RFC 9651 section 3.2).
    fileprivate var field: String {
        "found=\(found), goodbye=\(endedByGoodbye), kill=\(endedByKill), "
            + "pending=\(pending.count), milliseconds=\(milliseconds)"
    }

    /// What every such dictionary looks like.
    static let fieldPattern =
        "^found=[0-9]+, goodbye=[0-9]+, kill=[0-9]+, pending=[0-9]+, milliseconds=[0-9]+$"
}
