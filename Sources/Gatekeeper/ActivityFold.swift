import SubuserStore

/// An entry that can take in others that differ from it only in time, files and bytes.
///
/// A client that uploads a directory does the same thing to many files within a minute; that is
/// one entry with all of them, or a series of entries where there are too many for one: those after
/// the first name it. What names two paths, as a rename does, has no list of files and
/// stands alone, and so does what belongs to no session.
struct ActivityFold: Sendable {
    /// What entries have in common that fold into one.
    struct Key: Hashable, Sendable {
        let session: String
        private let event: String
        private let properties: [String: JSONValue]

        /// Nil for an entry that stands alone.
        init?(_ entry: ActivityEntry) {
            guard let session = entry.session, case .list? = entry.properties["files"] else {
                return nil
            }
            self.session = session
            event = entry.event
            properties = entry.properties.filter { $0.key != "files" && $0.key != "bytes" }
        }
    }

    /// Bounds on one entry.
    enum Limits {
        /// Milliseconds between the first and the last that one entry tells of.
        static let milliseconds: Int64 = 60_000
        static let files = 500
        /// Bytes of all files' paths together; names can be long.
        static let pathBytes = 65_536
    }

    private var entry: ActivityEntry
    private var files: [JSONValue] = []
    private var known: Set<JSONValue> = []
    private var bytes: Int64?
    private var pathBytes = 0
    /// The time of what came first in the series, by which the rest is measured.
    let start: Timestamp
    /// The id of the first entry of the series; nil for the first itself.
    var continues: Int64?

    /// Begins an entry, where `series` is given as one that goes on with that.
    init(_ entry: ActivityEntry, after series: ActivityFold? = nil) {
        self.entry = entry
        start = series?.start ?? entry.time
        continues = series?.continues
        if case .list(let list)? = entry.properties["files"] { add(list) }
        if case .number(let number)? = entry.properties["bytes"] { bytes = number }
    }

    /// The entry as it is to be kept now.
    var value: ActivityEntry {
        var value = entry
        if entry.properties["files"] != nil { value.properties["files"] = .list(files) }
        if let bytes { value.properties["bytes"] = .number(bytes) }
        if let continues { value.properties["continues"] = .number(continues) }
        return value
    }

    /// About how much memory it takes, in bytes.
    var weight: Int {
        entry.properties.values.reduce(Self.baseWeight + pathBytes) { $0 + $1.weight }
    }

    private static let baseWeight = 1024

    /// Whether something of this time is still of the same minute.
    func isOpen(at time: Timestamp) -> Bool {
        let (distance, overflow) = time.milliseconds.subtractingReportingOverflow(
            start.milliseconds
        )
        // A clock that was set back ends a minute too.
        return !overflow && distance.magnitude <= UInt64(Limits.milliseconds)
    }

    /// Takes in another entry of the same key; false where it needs an entry of its own.
    mutating func takeIn(_ other: ActivityEntry) -> Bool {
        guard isOpen(at: other.time), case .list(let list)? = other.properties["files"] else {
            return false
        }
        let new = list.filter { !known.contains($0) }
        let size = new.reduce(0) { $0 + $1.weight }
        guard files.count + new.count <= Limits.files, pathBytes + size <= Limits.pathBytes else {
            return false
        }
        add(new)
        if case .number(let number)? = other.properties["bytes"] {
            let (sum, overflow) = (bytes ?? 0).addingReportingOverflow(number)
            bytes = overflow ? .max : sum
        }
        entry.time = min(entry.time, other.time)
        return true
    }

    private mutating func add(_ list: [JSONValue]) {
        for file in list where known.insert(file).inserted {
            files.append(file)
            pathBytes += file.weight
        }
    }
}

extension JSONValue {
    /// The bytes of its texts.
    fileprivate var weight: Int {
        switch self {
        case .null, .flag, .number, .fraction: 0
        case .text(let text): text.utf8.count
        case .list(let values): values.reduce(0) { $0 + $1.weight }
        case .object(let members): members.reduce(0) { $0 + $1.key.utf8.count + $1.value.weight }
        }
    }
}
