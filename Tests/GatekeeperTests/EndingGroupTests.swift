import Gatekeeper
import LinuxSystem
import SessionLink
import SubuserStore
import Synchronization
import Testing

@Suite("Sessions that end together")
struct EndingGroupTests {
    private final class Answers: Sendable {
        private let given = Mutex<[[RevocationOutcome]]>([])
        var all: [[RevocationOutcome]] { given.withLock { $0 } }
        func give(_ outcomes: [RevocationOutcome]) { given.withLock { $0.append(outcomes) } }
    }

    private let start = MonotonicTime(milliseconds: 1000)

    private func session(
        _ number: UInt64,
        _ manner: EndedSession.Manner,
        cut: UInt64 = 0,
        written: UInt64 = 0,
        read: UInt64 = 0
    ) -> EndedSession {
        var counters = SessionCounters()
        counters.unanswered = cut
        counters.contentWritten = written
        counters.contentRead = read
        return EndedSession(id: SessionID(rawValue: number), manner: manner, counters: counters)
    }

    private func at(_ milliseconds: Int64) -> MonotonicTime {
        start.advanced(by: milliseconds)
    }

    private func group(_ orders: [[UInt64]], _ answers: Answers) -> EndingGroup {
        EndingGroup(
            orders.map { $0.map { SessionID(rawValue: $0) } },
            start: start,
            whenAnswered: answers.give
        )
    }

    @Test("the answer comes with the last of them, and tells what became of each")
    func complete() {
        let answers = Answers()
        let group = group([[1, 2]], answers)
        group.ended(session(2, .kill, cut: 3, written: 10, read: 1), at: at(104))
        #expect(answers.all.isEmpty)
        // Nobody who does not belong to it ends it.
        group.ended(session(9, .goodbye), at: at(105))
        #expect(answers.all.isEmpty)
        group.ended(session(1, .goodbye, cut: 1, written: 5), at: at(110))
        #expect(answers.all.count == 1)
        let outcome = answers.all.first?.first
        #expect(outcome?.sessions.map(\.id.rawValue) == [1, 2])
        #expect(outcome?.found == 2 && outcome?.endedByGoodbye == 1 && outcome?.endedByKill == 1)
        #expect(outcome?.requestsCut == 4 && outcome?.bytesWritten == 15)
        #expect(outcome?.bytesRead == 1 && outcome?.milliseconds == 110)
        #expect(outcome?.isComplete == true)
        // It is given once.
        group.answer(at: at(200)) { _ in session(1, .pending) }
        #expect(answers.all.count == 1)
    }

    @Test("each order is answered by itself, with its own last session's time")
    func orders() {
        let answers = Answers()
        let group = group([[1], [], [1, 2]], answers)
        group.ended(session(1, .goodbye), at: at(7))
        group.ended(session(2, .kill), at: at(101))
        let outcomes = answers.all.first ?? []
        #expect(outcomes.map(\.found) == [1, 0, 2])
        #expect(outcomes.map(\.milliseconds) == [7, 0, 101])
        #expect(outcomes.map(\.endedByKill) == [0, 0, 1])
    }

    @Test("one that the kernel does not end is told as pending, with what is known of it")
    func pending() {
        let answers = Answers()
        let group = group([[1], [2], [1, 2]], answers)
        group.ended(session(1, .goodbye), at: at(7))
        group.answer(at: at(2100)) { id in
            #expect(id.rawValue == 2)
            return session(id.rawValue, .pending, cut: 2)
        }
        let outcomes = answers.all.first ?? []
        #expect(outcomes.map(\.isComplete) == [true, false, false])
        #expect(outcomes.map { $0.pending.map(\.rawValue) } == [[], [2], [2]])
        #expect(outcomes.map(\.milliseconds) == [7, 2100, 2100])
        #expect(outcomes.map(\.requestsCut) == [0, 2, 2])
        #expect(outcomes.map(\.endedByKill) == [0, 0, 0])
        // When it is gone at last, whoever asked has been answered.
        group.ended(session(2, .kill), at: at(9000))
        #expect(answers.all.count == 1)
    }
}
