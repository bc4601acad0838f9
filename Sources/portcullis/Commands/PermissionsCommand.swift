import ArgumentParser
import WireFormat

/// `portcullis permissions`: the permissions that exist.
struct PermissionsCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions",
        abstract: "List the permissions that subusers can hold, and the presets of them.",
        discussion: "A group is named as file.*, everything as *."
    )

    struct Answer: Decodable {
        struct Group: Decodable {
            let name: String
            let summary: String
            let permissions: [Permission]
        }

        struct Permission: Decodable {
            let name: String
            let summary: String
            let sensitive: Bool
        }

        struct Preset: Decodable {
            let name: String
            let summary: String
            let permissions: [String]
        }

        let groups: [Group]
        let presets: [Preset]
    }

    @OptionGroup var control: ControlOptions

    func request() -> ControlRequest { .get("v1", "permissions") }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        var lines: [String] = []
        let answer = try answer.decode(Answer.self)
        for group in answer.groups {
            if !lines.isEmpty { lines.append("") }
            lines.append(ByteString.escaped(text: "\(group.name): \(group.summary)"))
            var table = TextTable()
            for permission in group.permissions {
                let warning = permission.sensitive ? " (sensitive)" : ""
                table.add("  " + permission.name, permission.summary + warning)
            }
            lines += table.lines(width: width)
        }
        lines += ["", "presets: Many permissions under one name"]
        var table = TextTable()
        for preset in answer.presets {
            let count = SubuserCommand.count(preset.permissions)
            let noun = count == "1" ? "permission" : "permissions"
            table.add("  " + preset.name, "\(preset.summary) (\(count) \(noun))")
        }
        return lines + table.lines(width: width)
    }
}
