import Gatekeeper
import SessionLink
import Testing

@Suite("Noticing a session that gets nowhere")
struct SpinWatchTests {
    private var watch = SpinWatch()

    private func progress(requests: UInt64 = 0, pieces: UInt64 = 0) -> SessionProgress {
        var counters = SessionCounters()
        counters.requests = requests
        return SessionProgress(counters: counters, pieces: pieces)
    }

    @Test("Processor time adds up while nothing moves")
    mutating func spinning() {
        #expect(watch.look(at: progress(requests: 1), processorTime: 500) == 0)
        #expect(watch.look(at: progress(requests: 1), processorTime: 1400) == 900)
        #expect(watch.look(at: progress(requests: 1), processorTime: 9000) == 8500)
    }

    @Test("A session that never got anywhere is measured from its beginning")
    mutating func fromTheBeginning() {
        #expect(watch.look(at: progress(), processorTime: 700) == 700)
    }

    @Test("A session that waits uses up nothing, however long")
    mutating func waiting() {
        _ = watch.look(at: progress(requests: 1), processorTime: 500)
        for _ in 0..<100 {
            #expect(watch.look(at: progress(requests: 1), processorTime: 500) == 0)
        }
    }

    @Test("An answered request begins the count anew, and so does a piece of a long one")
    mutating func progressing() {
        _ = watch.look(at: progress(requests: 1), processorTime: 500)
        #expect(watch.look(at: progress(requests: 1), processorTime: 1500) == 1000)
        #expect(watch.look(at: progress(requests: 2), processorTime: 2500) == 0)
        #expect(watch.look(at: progress(requests: 2), processorTime: 3500) == 1000)
        #expect(watch.look(at: progress(requests: 2, pieces: 1), processorTime: 4500) == 0)
    }
}
