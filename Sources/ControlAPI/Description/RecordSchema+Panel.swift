import AccessControl
import SubuserStore

/// The objects of the panel-shaped part.
extension RecordSchema {
    static let panelSubuserName = "server_subuser"

    /// What is told about a subuser or an invitation.
    static var panelMember: Schema {
        let always: [String: Schema] = [
            "uuid": .answeredUUID, "email": .email, "image": .text(format: "uri"),
            "2fa_enabled": .flag, "created_at": .panelMoment, "permissions": .permissions,
        ]
        return .either(
            .answer(always.merging(["username": .userName]) { first, _ in first }),
            .answer(
                always.merging([
                    "username": .only(.null), "pending": .only(true), "expires_at": .panelMoment,
                ]) { first, _ in first }
            )
        )
    }

    static var panelActivitySchema: Schema {
        .panel(
            "activity_log",
            .answer([
                "id": .number(from: 1),
                "event": .text,
                "ip": .text.orNull,
                "description": .only(.null),
                "properties": .anyObject,
                "timestamp": .panelMoment,
                "actor": .text.orNull,
                "subject": .either(
                    .answer(["uuid": .answeredUUID, "username": .userName.orNull]),
                    .only(.null)
                )
                .described("To whom it was done, where somebody else did it."),
            ])
        )
    }

    static var panelPermissionsSchema: Schema {
        .panel(
            "system_permissions",
            .answer([
                "permissions": .map(
                    to: .answer(["description": .text, "keys": .map(to: .text)])
                ),
                "presets": .map(
                    to: .answer(["description": .text, "permissions": .permissions])
                ),
                "sensitive": .permissions,
            ])
        )
    }
}

extension Schema {
    /// An object as panels give it.
    static func panel(
        _ name: String,
        _ attributes: Schema,
        meta: [String: Schema]? = nil
    ) -> Schema {
        var members: [String: Schema] = ["object": .only(.text(name)), "attributes": attributes]
        if let meta { members["meta"] = .answer(meta) }
        return .answer(members)
    }

    /// Permissions as they may be given; at least one.
    static let panelSelection = selection.nonempty

    /// ISO 8601 with seconds and the offset of UTC.
    fileprivate static let panelMoment = text(
        pattern: #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+00:00$"#,
        format: "date-time"
    )
}
