import Foundation
import Gatekeeper
import HTTPTypes
import Hummingbird
import NIOCore
import SubuserStore

extension ControlResponder {
    /// How a request is recognised when it comes again; nil for one that need not be.
    ///
    /// Only what makes something: every other change can be repeated as it is.
    func repeatable(
        _ request: Request,
        _ operation: Operation
    ) throws(ControlError) -> RepeatableRequest? {
        guard operation.takes(.idempotencyKey), let text = request.headers[.idempotencyKey]
        else { return nil }
        guard let key = IdempotencyKey(text) else {
            throw .invalidField(
                "idempotency_key",
                message: "An Idempotency-Key has 1 to \(IdempotencyKey.maximumLength) printable "
                    + "characters of ASCII."
            )
        }
        return RepeatableRequest(key: key, method: operation.verb.rawValue, path: request.uri.path)
    }

    /// Does a request that was not made before, and answers one that was as it was answered then.
    ///
    /// Of two at the same time the second waits for the first. A task of its own does the work,
    /// because a caller that hangs up must not keep the answer from being kept: that caller is the
    /// one who will ask again.
    func answerOnce(
        _ request: ControlRequest,
        _ repeatable: RepeatableRequest
    ) async throws -> Response {
        let work = Task(name: "repeatable request") { () async throws -> Response in
            await turns.take(repeatable)
            do {
                let response = try await answerInTurn(request, repeatable)
                await turns.pass(repeatable)
                return response
            } catch {
                await turns.pass(repeatable)
                throw error
            }
        }
        return try await work.value
    }

    private func answerInTurn(
        _ request: ControlRequest,
        _ repeatable: RepeatableRequest
    ) async throws -> Response {
        let body = Array(request.body)
        switch try await routes.administration.repetition(of: repeatable, body: body) {
        case .same(let kept): return kept.response
        case .another: throw ControlError.idempotencyKeyReused
        case .new: break
        }
        // What is refused has changed nothing: asked again, it may be tried again.
        let answer = try await routes.answer(request)
        await routes.administration.keep(
            answer.status,
            Array(try answer.content().readableBytesView),
            to: repeatable,
            body: body,
            holdsSecret: request.resource == .users
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
