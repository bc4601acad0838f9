import ArgumentParser
import WireFormat

/// `portcullis permissions`: the permissions that exist.
struct PermissionsCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "permissions",
        abstract: "List the permissions that subusers can hold."
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

        let groups: [Group]
    }

    @OptionGroup var control: ControlOptions

    func request() -> ControlRequest { .get("v1", "permissions") }

    func account(of answer: ControlAnswer, width: Int?) throws(CommandFailure) -> [String] {
        var lines: [String] = []
        for group in try answer.decode(Answer.self).groups {
            if !lines.isEmpty { lines.append("") }
            lines.append(ByteString.escaped(text: "\(group.name): \(group.summary)"))
            var table = TextTable()
            for permission in group.permissions {
                let warning = permission.sensitive ? " (sensitive)" : ""
                table.add("  " + permission.name, permission.summary + warning)
            }
            lines += table.lines(width: width)
        }
        return lines
    }
}
