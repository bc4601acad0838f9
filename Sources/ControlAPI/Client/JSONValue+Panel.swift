import AccessControl
import Crypto
import Foundation
import Gatekeeper
import SubuserStore

/// How panels see members, permissions and activity: the `attributes` of an object.
extension JSONValue {
    static func panel(_ member: Member) -> JSONValue {
        switch member {
        case .subuser(let subuser):
            .object([
                "uuid": .text("\(subuser.userID)"),
                "username": .text("\(subuser.userName)"),
                "email": .text("\(subuser.email)"),
                "image": .text(image(of: subuser.email)),
                "2fa_enabled": .flag(subuser.hasTwoFactor),
                "created_at": moment(subuser.createdAt),
                "permissions": .texts(subuser.permissions.names),
            ])
        case .invitation(let invitation):
            .object([
                "uuid": .text("\(invitation.id)"),
                "username": .null,
                "email": .text("\(invitation.email)"),
                "image": .text(image(of: invitation.email)),
                "2fa_enabled": false,
                "created_at": moment(invitation.createdAt),
                "permissions": .texts(invitation.permissions.names),
                "pending": true,
                "expires_at": moment(invitation.expiresAt),
            ])
        }
    }

    /// Groups and names as keys, and behind each what it means; panels' forms are made of it.
    static func panel(_ catalogue: PermissionCatalogue) -> JSONValue {
        var groups: [String: JSONValue] = [:]
        for group in catalogue.groups {
            var keys: [String: JSONValue] = [:]
            for entry in group.entries {
                keys[String(entry.permission.name.dropFirst(group.name.count + 1))] =
                    .text(entry.summary)
            }
            groups[group.name] = .object([
                "description": .text(group.summary), "keys": .object(keys),
            ])
        }
        var presets: [String: JSONValue] = [:]
        for preset in PermissionPreset.allCases {
            presets[preset.rawValue] = .object([
                "description": .text(preset.summary),
                "permissions": .texts(catalogue.permissions(of: preset).names),
            ])
        }
        let sensitive = catalogue.groups.flatMap(\.entries).filter(\.isSensitive)
        return .object([
            "permissions": .object(groups), "presets": .object(presets),
            "sensitive": .texts(sensitive.map(\.permission.name)),
        ])
    }

    /// An entry of the activity log, with the address it came from only where it is `showingIP`.
    static func panel(_ record: ActivityRecord, showingIP: Bool) -> JSONValue {
        let entry = record.entry
        let actor = entry.actor ?? entry.userName
        var subject = JSONValue.null
        if entry.actor != nil, let user = entry.userID {
            subject = .object([
                "uuid": .text("\(user)"),
                "username": entry.userName.map { .text($0) } ?? .null,
            ])
        }
        return .object([
            "id": .number(record.id),
            "event": .text(entry.event),
            "ip": (showingIP ? entry.ip : nil).map { .text($0) } ?? .null,
            "description": .null,
            "properties": .object(entry.properties),
            "timestamp": moment(entry.time),
            "actor": actor.map { .text($0) } ?? .null,
            "subject": subject,
        ])
    }

    /// Where the picture of an address is, by the rule that panels use.
    private static func image(of email: Email) -> String {
        // Gravatar names pictures by MD5; nothing is kept safe by it.
        let digest = Insecure.MD5.hash(data: Data("\(email)".lowercased().utf8))
        let digits = digest.map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        return "https://www.gravatar.com/avatar/" + digits.joined()
    }

    /// ISO 8601 with seconds and the offset of UTC, as panels write it.
    private static func moment(_ moment: Timestamp) -> JSONValue {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        return .text(date.formatted(.iso8601).dropLast() + "+00:00")
    }
}
