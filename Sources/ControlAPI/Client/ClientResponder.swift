import Foundation
import Hummingbird
import Logging
import NIOCore

/// Turns HTTP requests into answers in the form that panels know.
struct ClientResponder {
    let routes: ClientRoutes
    let logger: Logger

    func respond(to request: Request, context: ControlContext) async throws -> Response {
        let answer: ClientAnswer
        do {
            answer = try await routes.answer(try await read(request, context))
        } catch {
            answer = ClientAnswer(explain(error, request))
        }
        logger.debug(
            "panel request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(answer.status)",
            ]
        )
        return try answer.response()
    }

    private func read(_ request: Request, _ context: ControlContext) async throws -> ClientRequest {
        guard let resource = ClientResource(path: request.uri.path) else {
            throw ClientError.notFound
        }
        guard let operation = resource.operation(request.method.rawValue) else {
            throw ClientError.methodNotAllowed(allowed: resource.verbs)
        }
        guard let caller = await context.caller() else { throw ClientError.unexpected }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: ControlRequest.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw ClientError.bodyTooLarge
        }
        return ClientRequest(
            resource: resource,
            operation: operation,
            caller: caller,
            actingUser: request.headers[.actingUser],
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            body: Data(body.readableBytesView)
        )
    }

    /// What the caller is told; what they are not told goes to the log.
    private func explain(_ error: any Error, _ request: Request) -> ClientError {
        let explained = ClientError(error)
        if explained.status >= 500 {
            logger.error(
                "panel request failed",
                metadata: [
                    "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                    "error": "\(error)",
                ]
            )
        }
        return explained
    }
}
