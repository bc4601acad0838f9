import Gatekeeper
import Testing

@Suite("A broadcast")
struct BroadcastTests {
    private let broadcast = Broadcast()

    private func listener() -> (AsyncStream<Void>, Broadcast.Listener) {
        AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    private func count(_ stream: AsyncStream<Void>) async -> Int {
        await stream.reduce(0) { count, _ in count + 1 }
    }

    @Test("wakes everybody who listens, and nobody for what was before")
    func everybody() async {
        let (early, first) = listener()
        let (late, second) = listener()
        broadcast.wake(first)
        broadcast.announce()
        broadcast.wake(second)
        first.finish()
        second.finish()
        #expect(await count(early) == 1)
        #expect(await count(late) == 0)
    }

    @Test("wakes once for all that was announced while nobody looked")
    func once() async {
        let (stream, listener) = listener()
        broadcast.wake(listener)
        for _ in 0..<1000 { broadcast.announce() }
        listener.finish()
        #expect(await count(stream) == 1)
    }

    @Test("forgets whoever has stopped listening")
    func forgetting() async {
        let (stream, finished) = listener()
        broadcast.wake(finished)
        let (cancelled, other) = listener()
        broadcast.wake(other)
        let waiting = Task { await count(cancelled) }
        #expect(broadcast.count == 2)
        finished.finish()
        #expect(await count(stream) == 0)
        waiting.cancel()
        #expect(await waiting.value == 0)
        #expect(broadcast.count == 0)
        broadcast.announce()
    }
}
