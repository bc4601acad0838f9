package import AccessControl
package import WireFormat

/// Words of memory that a session process writes and the gate reads.
package protocol SharedWords: AnyObject {
    /// The word at an index below `SessionBoard.wordCount`.
    func load(_ index: Int) -> UInt64

    /// Writes a word; the other side sees it after every word that was written before it.
    func store(_ word: UInt64, at index: Int)
}

/// What a session shows of itself at every moment, without a message.
///
/// The gate looks at it when somebody wants to know, and once more when the process is gone, so that
/// what a killed session has done is known to its last request. The session writes it, and faces
/// the network: what it says may be wrong, and does no harm.
package struct SessionBoard {
    private let words: any SharedWords

    /// How many words it takes.
    package static let wordCount = Place.path + pathLimit / bytesInWord
    /// Of a longer path only so many bytes are shown, its last.
    package static let pathLimit = 1024

    private static let bytesInWord = 8
    /// How often a request is read that changes meanwhile.
    private static let attempts = 8

    /// What one word says.
    package enum Figure: Int, CaseIterable, Sendable {
        case bytesReceived
        case bytesSent
        case contentRead
        case contentWritten
        case requests
        case unanswered
        /// Pieces done of requests that take long.
        case pieces
    }

    /// Where the request is, behind the figures.
    private enum Place {
        /// Odd while the request is being rewritten.
        static let version = Figure.allCases.count
        static let operation = version + 1
        static let since = version + 2
        static let isAnswered = version + 3
        static let pathLength = version + 4
        static let path = version + 5
    }

    /// Shows and reads what is in these words, all zero at first.
    package init(_ words: any SharedWords) {
        self.words = words
    }

    /// Shows one figure.
    package func show(_ figure: Figure, _ value: UInt64) {
        words.store(value, at: figure.rawValue)
    }

    /// Shows the request that begins at a moment, in milliseconds of the monotonic clock.
    ///
    /// A request without `path` has that of the one before.
    package func show(_ operation: FileOperation, on path: [UInt8]?, at milliseconds: Int64) {
        let version = words.load(Place.version)
        words.store(version | 1, at: Place.version)
        words.store(UInt64(operation.rawValue) &+ 1, at: Place.operation)
        words.store(UInt64(clamping: milliseconds), at: Place.since)
        words.store(0, at: Place.isAnswered)
        if let path { write(path.suffix(Self.pathLimit)) }
        words.store((version | 1) &+ 1, at: Place.version)
    }

    /// Shows that the request has been answered.
    package func showAnswered() {
        words.store(1, at: Place.isAnswered)
    }

    /// All figures.
    package var counters: SessionCounters {
        var counters = SessionCounters()
        counters.bytesReceived = self[.bytesReceived]
        counters.bytesSent = self[.bytesSent]
        counters.contentRead = self[.contentRead]
        counters.contentWritten = self[.contentWritten]
        counters.requests = self[.requests]
        counters.unanswered = self[.unanswered]
        return counters
    }

    /// All that changes as soon as the session gets anywhere, and only then.
    package var progress: SessionProgress {
        var counters = counters
        // Requests may arrive while a session is stuck in a library that takes them in.
        counters.unanswered = 0
        return SessionProgress(counters: counters, pieces: self[.pieces])
    }

    /// The request that began last; nil before the first, and where it changes all the time.
    package var request: ShownRequest? {
        for _ in 0..<Self.attempts {
            let version = words.load(Place.version)
            // What was left half-written will not get better.
            guard version.isMultiple(of: 2) else { continue }
            let request = readRequest()
            if words.load(Place.version) == version { return request }
        }
        return nil
    }

    private subscript(_ figure: Figure) -> UInt64 { words.load(figure.rawValue) }

    private func readRequest() -> ShownRequest? {
        guard
            let number = UInt8(exactly: words.load(Place.operation)), number > 0,
            let operation = FileOperation(rawValue: number - 1)
        else { return nil }
        return ShownRequest(
            operation: operation,
            path: readPath(),
            milliseconds: Int64(clamping: words.load(Place.since)),
            isAnswered: words.load(Place.isAnswered) != 0
        )
    }

    private func write(_ path: ArraySlice<UInt8>) {
        words.store(UInt64(path.count), at: Place.pathLength)
        var index = Place.path
        var word: UInt64 = 0
        var count = 0
        for byte in path {
            word = word << 8 | UInt64(byte)
            count += 1
            guard count == Self.bytesInWord else { continue }
            words.store(word, at: index)
            index += 1
            word = 0
            count = 0
        }
        guard count > 0 else { return }
        words.store(word << UInt64(8 * (Self.bytesInWord - count)), at: index)
    }

    private func readPath() -> ByteString {
        let length = Int(min(words.load(Place.pathLength), UInt64(Self.pathLimit)))
        var path: [UInt8] = []
        path.reserveCapacity(length + Self.bytesInWord)
        while path.count < length {
            let word = words.load(Place.path + path.count / Self.bytesInWord)
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                path.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        return ByteString(Array(path.prefix(length)))
    }
}

/// How far a session has come, to be compared with how far it had come.
package struct SessionProgress: Equatable, Sendable {
    package var counters: SessionCounters
    /// Pieces done of requests that take long.
    package var pieces: UInt64

    package init(counters: SessionCounters = SessionCounters(), pieces: UInt64 = 0) {
        self.counters = counters
        self.pieces = pieces
    }
}

/// A request as a session shows it.
package struct ShownRequest: Equatable, Sendable {
    package var operation: FileOperation
    /// The path inside the server; of a long one the end.
    package var path: ByteString
    /// When it began, in milliseconds of the monotonic clock, which all processes share.
    package var milliseconds: Int64
    /// Whether the client has its reply.
    package var isAnswered: Bool

    package init(
        operation: FileOperation,
        path: ByteString,
        milliseconds: Int64,
        isAnswered: Bool
    ) {
        self.operation = operation
        self.path = path
        self.milliseconds = milliseconds
        self.isAnswered = isAnswered
    }
}
