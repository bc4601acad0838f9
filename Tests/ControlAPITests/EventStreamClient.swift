import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import SubuserStore
import Testing

/// A stream of events that is being listened to.
final class EventStreamClient {
    /// What stands between two blank lines.
    struct Block: Equatable {
        var id: String?
        var event: String?
        var data: String?
        var isComment = false
    }

    private var parts: AsyncThrowingStream<ByteBuffer, any Error>.Iterator
    private var text = ""

    init(_ parts: AsyncThrowingStream<ByteBuffer, any Error>) {
        self.parts = parts.makeAsyncIterator()
    }

    /// The next block; nil when the stream has ended in order.
    func block() async throws -> Block? {
        while true {
            if let end = text.firstRange(of: "\n\n") {
                let lines = text[..<end.lowerBound].split(separator: "\n")
                text = String(text[end.upperBound...])
                return Self.block(lines)
            }
            guard let part = try await parts.next(isolation: #isolation) else { return nil }
            text += String(buffer: part)
        }
    }

    /// The next event; nil when the stream has ended in order.
    func event() async throws -> Block? {
        while let block = try await block() {
            if block.data != nil { return block }
        }
        return nil
    }

    private static func block(_ lines: [Substring]) -> Block {
        var block = Block()
        for line in lines {
            if line.hasPrefix(":") { block.isComment = true }
            if line.hasPrefix("id: ") { block.id = String(line.dropFirst(4)) }
            if line.hasPrefix("event: ") { block.event = String(line.dropFirst(7)) }
            if line.hasPrefix("data: ") { block.data = String(line.dropFirst(6)) }
        }
        return block
    }
}

extension ControlClient {
    /// Listens to a stream for as long as `body` runs.
    func listen(
        _ target: String = "/v1/events",
        lastEventID: String? = nil,
        _ body: (EventStreamClient) async throws -> Void
    ) async throws {
        let host = try #require(
            socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        )
        var request = HTTPClientRequest(url: "http+unix://\(host)\(target)")
        if let lastEventID { request.headers.add(name: "Last-Event-ID", value: lastEventID) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(120))
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == ["text/event-stream"])
        #expect(response.headers["Cache-Control"] == ["no-store"])
        let (parts, arrival) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        let reading = Task {
            do {
                for try await part in response.body { arrival.yield(part) }
                arrival.finish()
            } catch {
                arrival.finish(throwing: error)
            }
        }
        // Hangs up.
        defer { reading.cancel() }
        try await body(EventStreamClient(parts))
    }
}
