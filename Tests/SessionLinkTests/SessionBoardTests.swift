import AccessControl
import SessionLink
import Testing
import WireFormat

@Suite("What a session shows of itself")
struct SessionBoardTests {
    /// Memory that can be changed between two looks at it.
    private final class Words: SharedWords {
        var words = [UInt64](repeating: 0, count: SessionBoard.wordCount)
        /// Runs before a word is read.
        var beforeLoad: (() -> Void)?

        func load(_ index: Int) -> UInt64 {
            beforeLoad?()
            return words[index]
        }

        func store(_ word: UInt64, at index: Int) { words[index] = word }
    }

    private let words = Words()
    private var board: SessionBoard { SessionBoard(words) }

    @Test("Nothing has been moved or asked for at first")
    func empty() {
        #expect(board.counters == SessionCounters())
        #expect(board.request == nil)
    }

    @Test("Every figure is seen as itself")
    func figures() {
        for figure in SessionBoard.Figure.allCases {
            board.show(figure, UInt64(figure.rawValue) + 1)
        }
        var expected = SessionCounters()
        expected.bytesReceived = 1
        expected.bytesSent = 2
        expected.contentRead = 3
        expected.contentWritten = 4
        expected.requests = 5
        expected.unanswered = 6
        #expect(board.counters == expected)
    }

    @Test(
        "Whatever moves is progress; what only arrives is not",
        arguments: SessionBoard.Figure.allCases
    )
    func progress(figure: SessionBoard.Figure) {
        let before = board.progress
        board.show(figure, 1)
        #expect((board.progress == before) == (figure == .unanswered))
    }

    @Test("Paths of every length are seen whole", arguments: 0...40)
    func paths(length: Int) {
        let path = (0..<length).map { UInt8(truncatingIfNeeded: 255 - $0) }
        board.show(.rename, on: Array(repeating: 7, count: 100), at: 1)
        board.show(.writeContent, on: path, at: 12)
        #expect(
            board.request
                == ShownRequest(
                    operation: .writeContent,
                    path: ByteString(path),
                    milliseconds: 12,
                    isAnswered: false
                )
        )
    }

    @Test("Of a path that is too long the end is seen")
    func longPath() {
        let path = (0..<3000).map { UInt8(truncatingIfNeeded: $0) }
        board.show(.list, on: path, at: 1)
        #expect(board.request?.path == ByteString(Array(path.suffix(SessionBoard.pathLimit))))
    }

    @Test("A request without a path of its own has that of the one before")
    func samePath() {
        board.show(.openForReading, on: Array("/a".utf8), at: 1)
        board.showAnswered()
        #expect(board.request?.isAnswered == true)
        board.show(.readContent, on: nil, at: 2)
        #expect(board.request?.path == "/a")
        #expect(board.request?.operation == .readContent)
        #expect(board.request?.isAnswered == false)
    }

    @Test("Every operation is seen as itself", arguments: FileOperation.allCases)
    func operations(operation: FileOperation) {
        board.show(operation, on: [], at: 0)
        #expect(board.request?.operation == operation)
    }

    @Test("A request that changes while it is read is read again")
    func torn() {
        board.show(.list, on: Array("/old".utf8), at: 1)
        var loads = 0
        words.beforeLoad = { [words, board] in
            loads += 1
            guard loads == 4 else { return }
            words.beforeLoad = nil
            board.show(.removeFile, on: Array("/new".utf8), at: 2)
        }
        let request = board.request
        #expect(request?.operation == .removeFile && request?.path == "/new")
    }

    @Test("A request that changes all the time is not made up")
    func restless() {
        board.show(.list, on: Array("/old".utf8), at: 1)
        let other = SessionBoard(words)
        var isInside = false
        words.beforeLoad = {
            guard !isInside else { return }
            isInside = true
            other.show(.removeFile, on: nil, at: 2)
            isInside = false
        }
        #expect(board.request == nil)
    }

    @Test("Whatever the words say, reading them is harmless")
    func garbage() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            for index in words.words.indices {
                words.words[index] =
                    Bool.random()
                    ? UInt64.random(in: 0...UInt64.max, using: &generator)
                    : UInt64.random(in: 0...30, using: &generator)
            }
            _ = board.counters
            if let request = board.request {
                #expect(request.path.bytes.count <= SessionBoard.pathLimit)
            }
        }
    }
}
