import SubuserStore

/// The lines of a document, and the parts of the answer to one.
extension RecordSchema {
    /// A line; which members it has says its `kind`.
    static var snapshotLineSchema: Schema {
        .either(SnapshotKind.allCases.map { line($0) })
    }

    static var snapshotChangesSchema: Schema {
        let names = Schema.list(of: .text)
        return .answer([
            "added": .count, "changed": .count, "removed": .count,
            "names": .answer(["added": names, "changed": names, "removed": names]),
        ])
    }

    static var snapshotEndingSchema: Schema {
        .answer([
            "id": .sessionID,
            "user": .answeredUUID.orNull,
            "username": .text.orNull,
            "server": .answeredUUID.orNull,
            "reason": .text,
        ])
    }

    private static func line(_ kind: SnapshotKind) -> Schema {
        var required: [String: Schema] = ["kind": .only(.text(kind.rawValue))]
        var optional: [String: Schema] = [:]
        switch kind {
        case .snapshot:
            for name in ["users", "keys", "servers", "subusers", "delegations"] {
                required[name] = .count
            }
        case .user:
            required["uuid"] = .uuid
            required["username"] = .userName
            required["email"] = .email
            optional = [
                "passwordHash": .passwordHash, "administrator": .flag, "twoFactor": .flag,
                "disabled": .flag, "signIn": .signIn,
            ]
        case .key:
            required["user"] = .uuid
            required["publicKey"] = .publicKey
            optional["name"] = .displayName
        case .server:
            required["uuid"] = .uuid
            required["name"] = .displayName
            required["owner"] = .uuid
            required["directory"] = .directory
            optional = ["state": .serverState, "signIn": .signIn]
        case .subuser:
            required["server"] = .uuid
            required["user"] = .uuid
            required["permissions"] = .selection
        case .delegation:
            required["owner"] = .uuid
            required["user"] = .uuid
            required["permissions"] = .selection
        }
        return .request(required: required, optional: optional)
    }
}
