import Gatekeeper
import Hummingbird
import Logging
import NIOCore
import SubuserStore

/// Sends what happens to one caller for as long as it listens.
///
/// Nothing is kept for the caller: what it has not taken yet lies in the store. So one that is slow
/// takes no more memory than one page, and keeps nobody waiting but itself.
struct EventStream: Sendable {
    /// Where it begins, and what it has to tell.
    let feed: ActivityFeed
    let news: Broadcast
    /// At least so often something is sent, by which a caller that is gone is noticed.
    let heartbeat: Duration
    /// Given back with the stream.
    let seat: StreamSeats.Seat
    let logger: Logger

    private typealias Writer = any ResponseBodyWriter

    /// Milliseconds after which a client may connect again; a gate is restarted in less.
    static let retry = 1000

    /// The whole answer to a request; its content ends when the caller hangs up or the gate stops.
    func response(in context: ControlContext) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: ServerSentEvent.contentType,
                .cacheControl: Operation.Header.noStore,
            ],
            body: ResponseBody { writer in
                let (wakeUps, alarm) = AsyncStream.makeStream(
                    of: Void.self,
                    bufferingPolicy: .bufferingNewest(1)
                )
                context.opened(OpenStream { alarm.finish() })
                news.wake(alarm)
                try await tell(&writer, wakeUps, alarm)
                try await writer.finish(nil)
            }
        )
    }

    /// Looks once at each wake-up, one page at a time, so that an end is seen in between.
    @concurrent private func tell(
        _ writer: inout Writer,
        _ wakeUps: AsyncStream<Void>,
        _ alarm: Broadcast.Listener
    ) async throws {
        var feed = feed
        let clock = ContinuousClock()
        let first = clock.now + heartbeat
        async let _: Void = tick(alarm, from: first)
        var due = first
        try await send(.opening(position: feed.position, retry: Self.retry), to: &writer)
        // There may be something already.
        alarm.yield()
        for await _ in wakeUps {
            let records: [ActivityRecord]
            do throws(StoreError) {
                records = try await feed.next()
            } catch {
                // The caller will ask again where it was, and then gets an error that says why.
                logger.error("a stream of events ends", metadata: ["error": "\(error)"])
                break
            }
            for record in records { try await send(try .event(record), to: &writer) }
            if feed.hasMore { alarm.yield() }
            guard clock.now >= due else { continue }
            try await send(.heartbeat(position: feed.position), to: &writer)
            while due <= clock.now { due += heartbeat }
        }
    }

    @concurrent private func send(
        _ event: ServerSentEvent,
        to writer: inout Writer
    ) async throws {
        try await writer.write(ByteBuffer(string: event.text))
    }

    /// Wakes when a heartbeat is due, until it is cancelled.
    private func tick(_ alarm: Broadcast.Listener, from first: ContinuousClock.Instant) async {
        var due = first
        while (try? await Task.sleep(until: due)) != nil {
            alarm.yield()
            due += heartbeat
        }
    }
}

extension ServerSentEvent {
    /// An entry as `GET /v1/activity` has it.
    static func event(_ record: ActivityRecord) throws -> ServerSentEvent {
        let line = try Answer.content(of: JSONValue(record))
        return .event(
            position: record.position,
            name: record.entry.event,
            data: String(decoding: line.readableBytesView.dropLast(), as: UTF8.self)
        )
    }
}
