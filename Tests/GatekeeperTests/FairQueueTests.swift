import Gatekeeper
import Testing

@Suite("Waiting in a fair order")
struct FairQueueTests {
    /// A queue that stands still while it is asked within an expectation.
    private final class Line {
        private var queue: FairQueue<String, Int>

        init(total: Int = 1000, perSource: Int = 1000) {
            queue = FairQueue(.init(total: total, perSource: perSource))
        }

        var count: Int { queue.count }

        /// What came of adding: `added`, `refused`, or what had to go for it.
        func add(_ number: Int, from source: String) -> String {
            switch queue.add(number, from: source) {
            case .added: "added"
            case .addedInstead(of: let other): "instead of \(other)"
            case .refused: "refused"
            }
        }

        func next() -> Int? { queue.next() }

        /// Everything that waits, in the order in which it is taken.
        func all() -> [Int] {
            var taken: [Int] = []
            while let next = queue.next() { taken.append(next) }
            return taken
        }

        func take(_ number: Int, backFrom source: String) -> Int? {
            queue.remove(from: source) { $0 == number }
        }
    }

    @Test("Whatever one source asks for keeps its order")
    func order() {
        let queue = Line()
        for number in 1...5 { #expect(queue.add(number, from: "one") == "added") }
        #expect(queue.count == 5)
        #expect(queue.all() == [1, 2, 3, 4, 5])
        #expect(queue.count == 0)
        #expect(queue.next() == nil)
    }

    @Test("Sources take turns, however much each of them has waiting")
    func turns() {
        let queue = Line()
        for number in 1...4 { _ = queue.add(number, from: "one") }
        for number in 11...12 { _ = queue.add(number, from: "two") }
        _ = queue.add(21, from: "three")
        #expect(queue.all() == [1, 11, 21, 2, 12, 3, 4])
    }

    @Test("Who comes for the first time is next, beside one source with 200 clients")
    func besideOne() {
        let queue = Line()
        for number in 0..<200 { _ = queue.add(number, from: "guesser") }
        #expect(queue.next() == 0)
        _ = queue.add(1000, from: "honest")
        #expect(queue.next() == 1000)
    }

    @Test("Who comes for the first time is next, beside 200 sources that never stop")
    func besideMany() {
        let queue = Line()
        for number in 0..<200 { _ = queue.add(number, from: "\(number)") }
        for _ in 0..<1000 {
            guard let number = queue.next() else { return }
            _ = queue.add(number, from: "\(number)")
        }
        _ = queue.add(1000, from: "honest")
        #expect(queue.next() == 1000)
        // The second time all others are served first, and all of them once.
        _ = queue.add(1000, from: "honest")
        let others = (0..<200).compactMap { _ in queue.next() }
        #expect(Set(others) == Set(0..<200))
        #expect(queue.next() == 1000)
    }

    @Test("Beyond its bound a source is refused, and others are not")
    func boundOfASource() {
        let queue = Line(total: 10, perSource: 2)
        #expect(queue.add(1, from: "one") == "added")
        #expect(queue.add(2, from: "one") == "added")
        #expect(queue.add(3, from: "one") == "refused")
        #expect(queue.add(11, from: "two") == "added")
        _ = queue.next()
        #expect(queue.add(3, from: "one") == "added")
        #expect(queue.all() == [11, 2, 3])
    }

    @Test("Where all places are taken, whoever holds most gives one to whoever would hold fewer")
    func boundInAll() {
        let queue = Line(total: 4, perSource: 4)
        for number in 1...3 { _ = queue.add(number, from: "one") }
        _ = queue.add(11, from: "two")
        #expect(queue.add(21, from: "three") == "instead of 3")
        #expect(queue.count == 4)
        // Now everybody who holds any would hold as many as they.
        #expect(queue.add(12, from: "two") == "refused")
        #expect(queue.all() == [1, 11, 21, 2])
    }

    @Test("Of those that hold one place each, who was served last gives way to who was not")
    func boundOfMany() {
        let queue = Line(total: 2, perSource: 2)
        for (number, source) in [(1, "one"), (2, "two")] { _ = queue.add(number, from: source) }
        _ = queue.all()
        for (number, source) in [(1, "one"), (2, "two")] { _ = queue.add(number, from: source) }
        #expect(queue.add(3, from: "three") == "instead of 2")
        #expect(queue.add(2, from: "two") == "refused")
        #expect(queue.all() == [3, 1])
    }

    @Test("What is taken back is never next, and its place is free")
    func removal() {
        let queue = Line(total: 3, perSource: 2)
        _ = queue.add(1, from: "one")
        _ = queue.add(2, from: "one")
        _ = queue.add(11, from: "two")
        #expect(queue.take(1, backFrom: "one") == 1)
        #expect(queue.take(1, backFrom: "one") == nil)
        #expect(queue.take(2, backFrom: "two") == nil)
        #expect(queue.count == 2)
        #expect(queue.add(3, from: "one") == "added")
        #expect(queue.all() == [2, 11, 3])
    }

    @Test("Who had a turn long ago counts as new, so that memory stays bounded")
    func memory() {
        let queue = Line()
        _ = queue.add(0, from: "early")
        _ = queue.next()
        for number in 1...(3 * Int(FairQueue<String, Int>.memory)) {
            _ = queue.add(number, from: "\(number)")
            _ = queue.next()
        }
        _ = queue.add(-1, from: "new")
        _ = queue.add(-2, from: "early")
        #expect(queue.all() == [-1, -2])
    }
}
