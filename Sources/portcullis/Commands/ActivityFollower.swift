import WireFormat

/// Activity as lines that follow each other, page by page.
///
/// An entry grows while a session goes on doing the same; each time it comes again, only what it
/// has taken in since is shown.
package struct ActivityFollower {
    private struct Shown {
        var files: Int
        var bytes: Double
    }

    private var shown: [Int: Shown] = [:]
    private var widths: [Int] = []

    /// Entries that are remembered; older ones do not grow any more.
    private static let memory = 10_000

    package init() {}

    /// The lines for entries in the order in which they came.
    mutating func lines(of entries: [ActivityAnswer], width: Int?) -> [String] {
        entries.map { entry in
            var entry = entry
            entry.properties = news(of: entry)
            return line(ActivityLine(entry), width: width)
        }
    }

    /// The lines for an answer of the control API, in its order.
    package mutating func lines(
        of answer: ControlAnswer,
        width: Int?
    ) throws(CommandFailure) -> [String] {
        lines(of: try answer.decode(ActivityCommand.Answer.self).activity, width: width)
    }

    /// The properties without what was shown before.
    private mutating func news(of entry: ActivityAnswer) -> [String: JSONValue] {
        var properties = entry.properties ?? [:]
        guard case .list(let files)? = properties["files"] else { return properties }
        var bytes: Double?
        if case .number(let number)? = properties["bytes"] { bytes = number }
        if let before = shown[entry.id] {
            let rest = Array(files.dropFirst(before.files))
            properties["files"] = rest.isEmpty ? nil : .list(rest)
            properties["bytes"] = bytes.map { .number($0 - before.bytes) }
        }
        shown[entry.id] = Shown(files: files.count, bytes: bytes ?? 0)
        if shown.count > 2 * Self.memory {
            let kept = Set(shown.keys.sorted().suffix(Self.memory))
            shown = shown.filter { kept.contains($0.key) }
        }
        return properties
    }

    /// Columns are as wide as they have ever had to be.
    private mutating func line(_ line: ActivityLine, width: Int?) -> String {
        let cells = [line.at, line.event, line.actor, line.subject, line.server, line.from].map {
            ByteString.escaped(text: $0)
        }
        let needed = cells.map(DisplayWidth.of)
        widths = widths.isEmpty ? needed : zip(widths, needed).map { max($0, $1) }
        var text = ""
        for (cell, column) in zip(cells, widths) {
            text += cell
            text += String(repeating: " ", count: column - DisplayWidth.of(cell) + 2)
        }
        text += ByteString.escaped(text: line.details)
        return width.map { DisplayWidth.cut(text, to: $0) } ?? text
    }
}

/// An entry as the columns of a line, not escaped yet.
struct ActivityLine {
    let at: String
    let event: String
    /// Who did it.
    let actor: String
    /// Whom it was done to, where that is somebody else.
    let subject: String
    let server: String
    let from: String
    let details: String

    init(_ entry: ActivityAnswer) {
        at = entry.at
        event = entry.event
        actor = entry.actor ?? entry.username ?? "-"
        subject = entry.actor == nil ? "-" : entry.username ?? "-"
        // The short id is the beginning of the UUID.
        server = entry.server.map { String($0.prefix(8)) } ?? "-"
        from = entry.ip ?? "-"
        details = JSONValue.fields(entry.properties ?? [:]).joined(separator: " ")
    }
}
