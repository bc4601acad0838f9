import Foundation
import Gatekeeper
import HTTPTypes
import Hummingbird
import NIOCore
import SubuserStore

extension ControlResponder {
    /// Sends or takes the document that is the whole store, without ever holding its text.
    func exchange(_ request: ControlRequest, _ message: Request) async throws -> Response {
        switch request.verb {
        case .get: return try await export()
        case .put: return try await importing(request, message).response()
        case .post, .patch, .delete:
            throw ControlError.methodNotAllowed(
                method: request.verb.rawValue,
                allowed: request.resource.verbs
            )
        }
    }

    private func export() async throws -> Response {
        let lines = SnapshotLines(snapshot: try await routes.administration.snapshot())
        return Response(
            status: .ok,
            headers: [.contentType: SnapshotLines.contentType],
            body: ResponseBody(asyncSequence: lines)
        )
    }

    private func importing(
        _ request: ControlRequest,
        _ message: Request
    ) async throws -> Answer {
        let isTrial = try request.flagParameter("dryRun")
        let done = try await routes.administration.importSnapshot(
            try await read(message),
            isTrial: isTrial,
            by: request.caller
        )
        return .ok(done.members(done.value.members))
    }

    private func read(_ message: Request) async throws -> SnapshotDraft {
        var reader = SnapshotReader(routes.administration.makeSnapshotDraft())
        var size = 0
        do {
            for try await bytes in message.body {
                size += bytes.readableBytes
                guard size <= SnapshotReader.sizeLimit else { throw ControlError.snapshotTooLarge }
                reader.feed(bytes.readableBytesView)
            }
        } catch let error as ControlError {
            throw error
        } catch {
            // The caller hung up in the middle.
            throw ControlError.malformedRequest
        }
        // A document that was cut off says that whoever is missing shall go. The library ends the
        // stream in order where this program is being stopped, too.
        let announced = message.headers[.contentLength].flatMap { Int($0) }
        guard !Task.isCancelled, announced == nil || announced == size else {
            throw ControlError.malformedRequest
        }
        return try reader.finish()
    }
}
