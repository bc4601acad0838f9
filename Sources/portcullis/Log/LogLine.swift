package import GateConfiguration
package import Logging
import WireFormat

/// One event of the log as one line of text.
package struct LogLine: Sendable {
    /// What stands in front of the event.
    package enum Prefix: Equatable, Sendable {
        /// The time, as ISO 8601.
        case time(String)
        /// A priority for the journal, which notes the time itself (sd-daemon(3)).
        case priority
    }

    package var format: LogSettings.Format
    package var prefix: Prefix
    package var level: Logger.Level
    package var event: String
    package var metadata: Logger.Metadata

    package init(
        format: LogSettings.Format,
        prefix: Prefix,
        level: Logger.Level,
        event: String,
        metadata: Logger.Metadata
    ) {
        self.format = format
        self.prefix = prefix
        self.level = level
        self.event = event
        self.metadata = metadata
    }

    /// The line, without the newline.
    ///
    /// Nothing in it can start a second line or steer a terminal, whatever a client sent.
    package var text: String {
        switch format {
        case .text: plain
        case .json: json
        }
    }

    /// Keys that come first, so that lines about one connection can be compared by eye.
    private static let leading = ["session", "peer", "user", "server"]

    private var fields: [(key: String, value: Logger.MetadataValue)] {
        let first = Self.leading.compactMap { key in metadata[key].map { (key, $0) } }
        let rest = metadata.filter { !Self.leading.contains($0.key) }.sorted { $0.key < $1.key }
        return first + rest.map { ($0.key, $0.value) }
    }

    private var plain: String {
        var line =
            switch prefix {
            case .time(let time): time + " "
            case .priority: "<\(priority)>"
            }
        line += level.rawValue + " " + ByteString.escaped(text: event)
        for (key, value) in fields {
            line += " " + ByteString.escaped(text: key) + "=" + Self.word(value.description)
        }
        return line
    }

    private var json: String {
        var members: [(String, String)] = []
        var start = ""
        switch prefix {
        case .time(let time): members.append(("time", Self.quoted(time)))
        case .priority: start = "<\(priority)>"
        }
        members.append(("level", Self.quoted(level.rawValue)))
        members.append(("event", Self.quoted(event)))
        let own = ["time", "level", "event"]
        members += fields.map { key, value in
            // A name that stands twice in an object would make it ambiguous (RFC 8259 section 4).
            (own.contains(key) ? "_" + key : key, Self.value(value))
        }
        return start + Self.object(members)
    }

    /// The level as syslog(3) counts.
    private var priority: Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    // MARK: Text

    /// A value as one word: quoted where it is empty or a blank, quote or equals sign would end it.
    private static func word(_ text: String) -> String {
        let escaped = ByteString.escaped(text: text)
        let isWord = !escaped.isEmpty && !escaped.contains { $0 == " " || $0 == "\"" || $0 == "=" }
        return isWord ? escaped : "\"" + escaped.replacing("\"", with: "\\\"") + "\""
    }

    // MARK: JSON

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { quoted($0.0) + ":" + $0.1 }.joined(separator: ",") + "}"
    }

    private static func value(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let convertible): quoted(convertible.description)
        case .array(let items): "[" + items.map(Self.value).joined(separator: ",") + "]"
        case .dictionary(let members):
            object(members.sorted { $0.key < $1.key }.map { ($0.key, Self.value($0.value)) })
        @unknown default: quoted(value.description)
        }
    }

    /// A JSON string (RFC 8259 section 7); what is not plain to read is escaped too.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default:
                // An escape by the other rule begins with a backslash and is not JSON.
                if ByteString.escaped(text: String(scalar)).hasPrefix("\\") {
                    for unit in String(scalar).utf16 { result += escaped(unit) }
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }

    private static func escaped(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
