import SubuserStore

/// Open sessions for people.
struct SessionTable {
    let sessions: [SessionAnswer]
    /// The moment that the table is about.
    let now: Timestamp

    /// Milliseconds for which a request that is done still counts as what is going on.
    private static let currentFor: Int64 = 2000

    /// The table, or that there is nothing in it.
    func lines(width: Int?) -> [String] {
        guard !sessions.isEmpty else { return ["Nobody is connected."] }
        var table = TextTable(
            "SESSION",
            "USER",
            "SERVER",
            "PEER",
            "PHASE",
            "SINCE",
            "READ",
            "WRITTEN",
            "RATE",
            "CLIENT",
            "REQUEST"
        )
        for session in sessions {
            table.add(
                session.id,
                session.username ?? "-",
                session.serverShortId ?? "-",
                session.peer,
                session.phase,
                session.since,
                ByteCount.format(session.contentRead),
                ByteCount.format(session.contentWritten),
                Self.rate(session.readRate &+ session.writeRate),
                session.client ?? "-",
                request(of: session)
            )
        }
        return table.lines(width: width)
    }

    /// All sessions in one line.
    var summary: String {
        let open = sessions.count { $0.phase == "open" }
        let read = sessions.reduce(UInt64(0)) { $0 &+ $1.readRate }
        let written = sessions.reduce(UInt64(0)) { $0 &+ $1.writeRate }
        return "\(sessions.count) connected, \(open) signed in; "
            + "reading \(ByteCount.format(read))/s, writing \(ByteCount.format(written))/s"
    }

    private static func rate(_ bytes: UInt64) -> String {
        bytes == 0 ? "-" : ByteCount.format(bytes) + "/s"
    }

    /// What goes on, or for how long nothing has.
    private func request(of session: SessionAnswer) -> String {
        guard let request = session.request else { return "-" }
        let age = Timestamp(request.since).map { now.milliseconds - $0.milliseconds } ?? 0
        guard request.answered, age >= Self.currentFor else {
            return "\(request.operation) \(request.path)"
        }
        return "idle for \(Self.duration(seconds: age / 1000))"
    }

    private static func duration(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) days"
        }
    }
}
