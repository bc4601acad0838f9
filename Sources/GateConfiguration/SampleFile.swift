/// A configuration file that says what is true without it: every key with its default.
package enum SampleFile {
    /// The file's text.
    package static var text: String {
        var lines = wrapped(introduction, indent: "")
        for section in Setting.sections {
            lines += ["", "\(section):"]
            let settings = Setting.all.filter { $0.section == section }
            for (index, setting) in settings.enumerated() {
                if index > 0 { lines.append("") }
                lines += wrapped(setting.explanation + " " + note(on: setting), indent: "  ")
                lines += assignment(of: setting)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let introduction = """
        The configuration of Portcullis. Every key stands here with its default, so a line may be \
        removed without effect. Each key is also an environment variable, for instance \
        PORTCULLIS_LOG_LEVEL for log.level, and the environment wins over this file. Check it with \
        `portcullis config check`.
        """

    private static func note(on setting: Setting) -> String {
        // The names of algorithms would fill a page; the error for a wrong one tells them.
        let accepts = setting.isList ? "" : "Takes \(setting.accepts). "
        switch setting.change {
        case .onRestart: return accepts + "Needs a restart."
        case .onReload: return accepts + "Re-read on SIGHUP."
        }
    }

    private static func assignment(of setting: Setting) -> [String] {
        switch setting.defaultValue {
        case .text(let text): ["  \(setting.name): \(scalar(text))"]
        case .list(let items) where items.isEmpty: ["  \(setting.name): []"]
        case .list(let items): ["  \(setting.name):"] + items.map { "    - \(scalar($0))" }
        }
    }

    /// Plain where YAML reads the same text back, in quotes elsewhere.
    private static func scalar(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"):
                true
            default: false
            }
        }
        // YAML 1.1 reads a leading zero as octal.
        let isOctal = text.hasPrefix("0") && text.count > 1
        return isPlain && !text.isEmpty && !isOctal ? text : "\"\(text)\""
    }

    private static func wrapped(_ paragraph: String, indent: String) -> [String] {
        let width = 96
        var lines: [String] = []
        var line = indent + "#"
        for word in paragraph.split(separator: " ") {
            if line.count + word.count + 1 > width {
                lines.append(line)
                line = indent + "#"
            }
            line += " " + word
        }
        return lines + [line]
    }
}
