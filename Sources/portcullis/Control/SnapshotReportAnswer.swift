/// What an import did, as the control API tells it.
struct SnapshotReportAnswer: Decodable {
    /// What happened to the records of one kind.
    struct Changes: Decodable {
        let added: Int
        let changed: Int
        let removed: Int

        var isEmpty: Bool { added + changed + removed == 0 }
    }

    /// The kinds in the order in which people think of them.
    struct Kinds: Decodable {
        let users: Changes
        let keys: Changes
        let servers: Changes
        let subusers: Changes
        let delegations: Changes

        var all: [(name: String, changes: Changes)] {
            [
                ("users", users), ("keys", keys), ("servers", servers), ("subusers", subusers),
                ("delegations", delegations),
            ]
        }
    }

    let dryRun: Bool
    let changes: Kinds
    let withdrawnInvitations: Int
    let touchedSessions: Int
    let unusableDirectories: Int
    let warnings: [String]

    /// The most warnings shown to people; `--json` has more.
    private static let shownWarnings = 20

    /// The report for people.
    func lines(width: Int?) -> [String] {
        var lines = warnings.prefix(Self.shownWarnings).map { "Warning: \($0)" }
        let rest = unusableDirectories - lines.count
        if rest > 0 { lines.append("Warning: \(rest) more directories cannot be used.") }
        guard changes.all.contains(where: { !$0.changes.isEmpty }) else {
            return lines + ["Nothing is different."]
        }
        var table = TextTable("", "ADDED", "CHANGED", "REMOVED")
        for (name, changes) in changes.all {
            table.add(name, "\(changes.added)", "\(changes.changed)", "\(changes.removed)")
        }
        lines += table.lines(width: width)
        if withdrawnInvitations > 0 {
            lines.append("Invitations withdrawn: \(withdrawnInvitations).")
        }
        if dryRun {
            lines.append("Nothing was changed. Sessions that would end: \(touchedSessions).")
        }
        return lines
    }
}
