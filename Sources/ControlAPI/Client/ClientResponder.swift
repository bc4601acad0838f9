import Gatekeeper
import HTTPTypes
import Hummingbird
import Logging

/// Turns HTTP requests into answers in the form that panels know.
struct ClientResponder {
    let routes: ClientRoutes
    let repeatables: RepeatableRequests
    let logger: Logger

    func respond(to request: Request, context: ControlContext) async throws -> Response {
        let response: Response
        do {
            response = try await answer(request, context)
        } catch {
            response = try ClientAnswer(ClientError(error, of: request, logger: logger)).response()
        }
        logger.debug(
            "panel request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
            ]
        )
        return response
    }

    private func answer(
        _ request: Request,
        _ context: ControlContext
    ) async throws -> Response {
        guard let resource = ClientResource(path: request.uri.path) else {
            throw ClientError.notFound
        }
        guard let operation = resource.operation(request.method.rawValue) else {
            throw ClientError.methodNotAllowed(allowed: resource.verbs)
        }
        // Who has hung up does not hear this either.
        guard let peer = await context.caller() else { throw ClientError.malformedRequest }
        let header = HTTPField.Name.clientAddress
        guard let caller = peer.asking(from: request.headers[header]) else {
            throw ClientError.invalid([
                .wrong(header.rawName, "ip", "an IPv4 or IPv6 address")
            ])
        }
        let read = ClientRequest(
            resource: resource,
            operation: operation,
            caller: caller,
            actingUser: request.headers[.actingUser],
            query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
            body: try await request.content()
        )
        guard let repeatable = try repeatables.recognise(request, operation) else {
            return try await routes.answer(read).response()
        }
        // The same from somebody else is another request.
        let content = Array((read.actingUser ?? "").utf8) + [0] + Array(read.body)
        return try await repeatables.answer(repeatable, content: content, holdsSecret: false) {
            try await routes.answer(read)
        }
    }
}
