import Gatekeeper
import HTTPTypes
import Hummingbird
import NIOCore
import SubuserStore

/// What a request is answered, in a form that can be kept.
protocol KeepableAnswer: Sendable {
    var status: Int { get }
    /// The content as it goes over the wire.
    func content() throws -> ByteBuffer
    /// The whole answer.
    func response() throws -> Response
}

/// Does what is asked under a key once, and answers it again as it was answered then
/// (draft-ietf-httpapi-idempotency-key-header).
struct RepeatableRequests: Sendable {
    let administration: Administration
    /// Keeps requests with the same key apart.
    private let turns = Turns<RepeatableRequest>()

    init(administration: Administration) {
        self.administration = administration
    }

    /// Why a key cannot be used.
    enum Refusal: Error {
        case unreadable
        /// Another request was made under it.
        case reused
    }

    /// How a request is recognised when it comes again; nil for one that need not be.
    func recognise(
        _ request: Request,
        _ operation: Operation
    ) throws(Refusal) -> RepeatableRequest? {
        guard operation.takes(.idempotencyKey), let text = request.headers[.idempotencyKey]
        else { return nil }
        guard let key = IdempotencyKey(text) else { throw .unreadable }
        return RepeatableRequest(key: key, method: operation.verb.rawValue, path: request.uri.path)
    }

    /// Does a request that was not made before, and answers one that was.
    ///
    /// Of two at the same time the second waits for the first. A task of its own does the work,
    /// because a caller that hangs up must not keep the answer from being kept: that caller is the
    /// one who will ask again.
    ///
    /// - Parameters:
    ///   - request: What the key, the method and the path say.
    ///   - content: Whatever else the request says; with another content it is another request.
    ///   - holdsSecret: Whether a password may be in the content.
    ///   - work: Does it. What it throws has changed nothing, and is not kept.
    /// - Returns: What was answered, now or the first time.
    /// - Throws: `Refusal.reused`, and what `work` throws.
    func answer(
        _ request: RepeatableRequest,
        content: [UInt8],
        holdsSecret: Bool,
        _ work: @escaping @Sendable () async throws -> any KeepableAnswer
    ) async throws -> Response {
        let task = Task(name: "repeatable request") {
            try await turns.run(request) {
                try await answerInTurn(request, content, holdsSecret, work)
            }
        }
        return try await task.value
    }

    private func answerInTurn(
        _ request: RepeatableRequest,
        _ content: [UInt8],
        _ holdsSecret: Bool,
        _ work: @Sendable () async throws -> any KeepableAnswer
    ) async throws -> Response {
        switch try await administration.repetition(of: request, body: content) {
        case .same(let kept): return kept.response
        case .another: throw Refusal.reused
        case .new: break
        }
        let answer = try await work()
        await administration.keep(
            answer.status,
            Array(try answer.content().readableBytesView),
            to: request,
            body: content,
            holdsSecret: holdsSecret
        )
        return try answer.response()
    }
}

extension KeptAnswer {
    /// The same answer once more, marked as such.
    fileprivate var response: Response {
        Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: Answer.contentType, .idempotentReplay: "true"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: content))
        )
    }
}
