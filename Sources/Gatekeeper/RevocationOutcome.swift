package import SessionLink
package import SubuserStore

/// What a revocation found and did.
package struct RevocationOutcome: Equatable, Sendable {
    /// Sessions that matched.
    package var found: Int
    /// Those that left when asked.
    package var endedByGoodbye: Int
    /// Those that had to be killed.
    package var endedByKill: Int
    /// Those whose process the kernel has not ended yet; the gate keeps at it.
    package var pending: [SessionID]
    /// From the request to the answer.
    package var milliseconds: Int
    /// Each of the sessions that matched.
    package var sessions: [EndedSession]

    package init(
        found: Int = 0,
        endedByGoodbye: Int = 0,
        endedByKill: Int = 0,
        pending: [SessionID] = [],
        milliseconds: Int = 0,
        sessions: [EndedSession] = []
    ) {
        self.found = found
        self.endedByGoodbye = endedByGoodbye
        self.endedByKill = endedByKill
        self.pending = pending
        self.milliseconds = milliseconds
        self.sessions = sessions
    }

    /// Counts what became of these sessions.
    package init(_ sessions: [EndedSession], milliseconds: Int) {
        self.init(
            found: sessions.count,
            endedByGoodbye: sessions.count { $0.manner == .goodbye },
            endedByKill: sessions.count { $0.manner == .kill },
            pending: sessions.filter { $0.manner == .pending }.map(\.id),
            milliseconds: milliseconds,
            sessions: sessions
        )
    }

    /// Whether every matching session is gone.
    package var isComplete: Bool { pending.isEmpty }

    /// Requests that had arrived and were not answered, of all sessions together.
    package var requestsCut: UInt64 { sum(\.requestsCut) }
    /// Bytes of file content written, of all sessions together.
    package var bytesWritten: UInt64 { sum(\.bytesWritten) }
    /// Bytes of file content read, of all sessions together.
    package var bytesRead: UInt64 { sum(\.bytesRead) }

    private func sum(_ figure: KeyPath<EndedSession, UInt64>) -> UInt64 {
        sessions.reduce(0) { $0 &+ $1[keyPath: figure] }
    }
}

/// One session that a revocation ended, or is ending still.
package struct EndedSession: Equatable, Sendable {
    /// How it ended.
    package enum Manner: String, CaseIterable, Sendable {
        /// It left when it was told to.
        case goodbye
        /// It did not, and was killed.
        case kill
        /// It was killed, and the kernel has not ended it yet.
        case pending
    }

    package var id: SessionID
    /// Whose it was; nil where nobody had signed in.
    package var userID: UserID?
    package var userName: UserName?
    /// Where it was; nil where nobody had signed in.
    package var serverID: ServerID?
    package var serverShortID: ShortID?
    package var manner: Manner
    /// Requests that had arrived whole and were not answered.
    package var requestsCut: UInt64
    /// Content written to files over the whole session.
    package var bytesWritten: UInt64
    /// Content read from files over the whole session.
    package var bytesRead: UInt64

    package init(
        id: SessionID,
        userID: UserID? = nil,
        userName: UserName? = nil,
        serverID: ServerID? = nil,
        serverShortID: ShortID? = nil,
        manner: Manner,
        counters: SessionCounters = SessionCounters()
    ) {
        self.id = id
        self.userID = userID
        self.userName = userName
        self.serverID = serverID
        self.serverShortID = serverShortID
        self.manner = manner
        requestsCut = counters.unanswered
        bytesWritten = counters.contentWritten
        bytesRead = counters.contentRead
    }
}
