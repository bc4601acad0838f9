import FoundationEssentials
import Yams

/// A configuration file, composed once, with the line of every value.
struct ConfigurationFile {
    /// The values of known settings; their types are not checked yet.
    private(set) var values: [String: (value: SettingValue, line: Int?)] = [:]
    /// What is wrong with the file's shape: syntax, unknown keys, values that are missing.
    private(set) var problems: [ConfigurationProblem] = []
    private let path: String

    /// Takes the file apart; nil where there is none and that is fine.
    init?(path: String, mayBeMissing: Bool) {
        self.path = path
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard let text = String(validating: data, as: UTF8.self) else {
                report(nil, nil, "is not UTF-8 text", "Save the file as UTF-8.")
                return
            }
            compose(text)
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            if mayBeMissing { return nil }
            report(nil, nil, "there is no such file", "Create it or name another with --config.")
        } catch {
            let remedy =
                "Make it a file that this user may read, for instance with chgrp and chmod 0640."
            report(nil, nil, "the file cannot be read", remedy)
        }
    }

    /// Takes apart a file's text.
    init(text: String, path: String) {
        self.path = path
        compose(text)
    }

    private mutating func compose(_ text: String) {
        do {
            guard let root = try Yams.compose(yaml: text) else { return }
            read(root)
        } catch let error as YamlError {
            report(error)
        } catch {
            report(nil, nil, "is not YAML", "See `portcullis config sample` for a valid file.")
        }
    }

    private mutating func read(_ root: Node) {
        if root.isNull { return }
        guard let sections = root.mapping else {
            let remedy =
                "Write sections with settings beneath them, as `portcullis config sample` does."
            return report(nil, root.line, "the file does not begin with a section", remedy)
        }
        for (key, node) in sections {
            let name = key.string ?? ""
            guard Setting.sections.contains(name) else {
                reportUnknown(name, "section", line: key.line, among: Setting.sections)
                continue
            }
            if node.isNull { continue }
            guard let settings = node.mapping else {
                let remedy = "Indent the settings of the section beneath `\(name):`."
                report(name, node.line, "is a section, but has a value of its own", remedy)
                continue
            }
            for (key, node) in settings { read(node, key: key, in: name) }
        }
    }

    private mutating func read(_ node: Node, key nameNode: Node, in section: String) {
        let key = section + "." + (nameNode.string ?? "")
        guard Setting.named(key) != nil else {
            let names = Setting.all.map(\.key)
            return reportUnknown(key, "key", line: nameNode.line, among: names)
        }
        let line = node.line ?? nameNode.line
        switch node {
        case .scalar(let scalar) where !node.isNull:
            values[key] = (.text(scalar.string), line)
        case .sequence(let items) where items.allSatisfy { $0.scalar != nil && !$0.isNull }:
            values[key] = (.list(items.compactMap(\.scalar?.string)), line)
        case .scalar:
            report(key, nameNode.line, "has no value", "Give it one, or remove the line.")
        case .sequence:
            report(key, line, "has items that are no plain values", "Write one name an item.")
        case .mapping:
            report(key, line, "has settings of its own", "Indent less: it takes one value.")
        case .alias:
            report(key, line, "is an alias", "Write the value itself.")
        }
    }

    private mutating func reportUnknown(
        _ name: String,
        _ kind: String,
        line: Int?,
        among known: [String]
    ) {
        let remedy =
            Spelling.nearest(to: name, among: known).map { "Did you mean \($0)?" }
            ?? "Remove it; `portcullis config sample` lists every \(kind)."
        report(nil, line, "unknown \(kind) \(Spelling.quoted(name))", remedy)
    }

    private mutating func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let remedy = "Look at indentation, colons and quotes there and just above."
            report(nil, mark.line, "is not valid YAML: \(problem)", remedy)
        case .duplicatedKeysInMapping(let names, let context):
            let list = names.map(Spelling.quoted).joined(separator: ", ")
            let fault = "\(list) is given more than once in the same section"
            report(nil, context.mark.line, fault, "Keep one of them.")
        case .no, .memory, .reader, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            let remedy = "See `portcullis config sample` for a valid file."
            report(nil, nil, "is not valid YAML", remedy)
        }
    }

    private mutating func report(_ key: String?, _ line: Int?, _ fault: String, _ remedy: String) {
        let place = ConfigurationProblem.Place.file(path: path, line: line)
        problems.append(
            ConfigurationProblem(place: place, key: key, fault: fault, remedy: remedy)
        )
    }
}

extension Node {
    fileprivate var line: Int? { mark?.line }

    /// Whether nothing is written where a value could stand; `~` and `null` count as nothing.
    fileprivate var isNull: Bool {
        guard let scalar, scalar.style == .plain || scalar.style == .any else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }
}
