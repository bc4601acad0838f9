package import LinuxSystem
package import SessionLink

/// How fast a session moves content, measured over the last seconds.
package struct TransferPace: Sendable {
    private struct Note {
        let time: MonotonicTime
        let read: UInt64
        let written: UInt64
    }

    /// The oldest first.
    private var notes: [Note] = []

    /// So many notes are kept; what was before them says nothing about now.
    private static let limit = 3

    /// Nothing is known yet.
    package init() {}

    /// Notes what has been moved until a moment; moments only grow.
    package mutating func note(_ counters: SessionCounters, at time: MonotonicTime) {
        if notes.count == Self.limit { notes.removeFirst() }
        notes.append(
            Note(time: time, read: counters.contentRead, written: counters.contentWritten)
        )
    }

    /// The rates from the oldest note to this moment; zero without a note.
    package func rates(_ counters: SessionCounters, at time: MonotonicTime) -> TransferRates {
        guard let first = notes.first else { return TransferRates() }
        let milliseconds = time.since(first.time)
        return TransferRates(
            read: Self.rate(from: first.read, to: counters.contentRead, in: milliseconds),
            written: Self.rate(from: first.written, to: counters.contentWritten, in: milliseconds)
        )
    }

    /// What the session says may be wrong: it never makes this trap.
    private static func rate(from: UInt64, to: UInt64, in milliseconds: Int64) -> UInt64 {
        guard to > from, milliseconds > 0 else { return 0 }
        return UInt64(exactly: (Double(to - from) * 1000 / Double(milliseconds)).rounded()) ?? .max
    }
}

/// Bytes of content in a second.
package struct TransferRates: Equatable, Sendable {
    /// Read from files for the client.
    package var read: UInt64
    /// Written to files for the client.
    package var written: UInt64

    package init(read: UInt64 = 0, written: UInt64 = 0) {
        self.read = read
        self.written = written
    }
}
