import Foundation
import Gatekeeper
import Hummingbird
import Logging
import SubuserStore

/// Turns HTTP requests into answers; whatever happens, the answer is JSON.
struct ControlResponder: HTTPResponder {
    typealias Context = ControlContext

    let routes: ControlRoutes
    let logger: Logger
    private let repeatables: RepeatableRequests
    private let seats = StreamSeats(limit: Self.streamLimit)
    private let heartbeat: Duration

    /// Streams of events that may be open at a time.
    static let streamLimit = 64

    /// Answers with `routes`; streams of events say something every `heartbeat` at least.
    init(routes: ControlRoutes, heartbeat: Duration, logger: Logger) {
        self.routes = routes
        self.heartbeat = heartbeat
        self.logger = logger
        repeatables = RepeatableRequests(administration: routes.administration)
    }

    func respond(to request: Request, context: ControlContext) async throws -> Response {
        guard !ClientResource.covers(request.uri.path) else {
            return try await client.respond(to: request, context: context)
        }
        let response: Response
        do {
            response = try await answer(request, context)
        } catch {
            response = try Answer(ControlError(error, of: request, logger: logger)).response()
        }
        logger.debug(
            "control request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)",
            ]
        )
        return response
    }

    /// Answers with what happens from now on, or from where the caller was.
    private func follow(
        _ request: ControlRequest,
        _ message: Request,
        _ context: ControlContext
    ) async throws -> Response {
        let feed = try await routes.eventFeed(
            request,
            lastEventID: message.headers[.lastEventID]
        )
        return EventStream(
            feed: feed,
            news: routes.administration.activityNews,
            heartbeat: heartbeat,
            seat: try seats.take(),
            logger: logger
        ).response(in: context)
    }

    /// The part that speaks as panels do.
    private var client: ClientResponder {
        ClientResponder(
            routes: ClientRoutes(administration: routes.administration),
            repeatables: repeatables,
            logger: logger
        )
    }

    private func answer(
        _ request: Request,
        _ context: ControlContext
    ) async throws -> Response {
        let path = request.uri.path
        guard let resource = Resource(path: path) else {
            throw ControlError.noSuchResource(path: path)
        }
        guard let operation = resource.operation(request.method.rawValue) else {
            throw ControlError.methodNotAllowed(
                method: request.method.rawValue,
                allowed: resource.verbs
            )
        }
        // Who has hung up does not hear this either.
        guard let peer = await context.caller() else { throw ControlError.malformedRequest }
        guard let caller = peer.asking(from: request.headers[.clientAddress]) else {
            throw ControlError.invalidField(
                "client_address",
                message: "The header Portcullis-Client-Address must be an IPv4 or IPv6 address."
            )
        }
        func read(_ body: Data) throws(ControlError) -> ControlRequest {
            try ControlRequest(
                resource: resource,
                operation: operation,
                caller: caller,
                actingUser: request.headers[.actingUser],
                query: request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                body: body
            )
        }
        // The one resource whose content is larger than what is held at once.
        if resource == .snapshot { return try await exchange(read(Data()), request) }
        let read = try read(try await request.content())
        if resource == .events { return try await follow(read, request, context) }
        guard let repeatable = try repeatables.recognise(request, operation) else {
            return try await routes.answer(read).response()
        }
        return try await repeatables.answer(
            repeatable,
            content: Array(read.body),
            holdsSecret: resource == .users
        ) { try await routes.answer(read) }
    }
}
