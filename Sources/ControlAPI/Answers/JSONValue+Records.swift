import AccessControl
import Gatekeeper
import SessionLink
import SubuserStore

/// How callers see what the gate knows. Names and forms here are a promise to them.
extension JSONValue {
    init(_ user: User) {
        self = .object([
            "uuid": .text("\(user.id)"),
            "username": .text("\(user.name)"),
            "email": .text("\(user.email)"),
            "administrator": .flag(user.isAdministrator),
            "hasPassword": .flag(user.hasPassword),
            "twoFactor": .flag(user.hasTwoFactor),
            "disabled": .flag(user.isDisabled),
            "signIn": JSONValue(user.policy),
            "keys": .number(Int64(user.keyCount)),
            "createdAt": JSONValue(user.createdAt),
        ])
    }

    init(_ key: StoredKey) {
        self = .object([
            "fingerprint": .text("\(key.fingerprint)"),
            "type": .text(key.kind.rawValue),
            "name": .optional(key.name?.description),
            "createdAt": JSONValue(key.createdAt),
        ])
    }

    init(_ server: Server) {
        self = .object([
            "uuid": .text("\(server.id)"),
            "shortId": .text("\(server.shortID)"),
            "name": .text("\(server.name)"),
            "owner": .text("\(server.ownerID)"),
            "ownerName": .text("\(server.ownerName)"),
            "directory": .text(server.directory.path),
            "state": .text(server.state.rawValue),
            "signIn": JSONValue(server.policy),
            "createdAt": JSONValue(server.createdAt),
        ])
    }

    init(_ member: Member) {
        switch member {
        case .subuser(let subuser): self.init(subuser)
        case .invitation(let invitation): self.init(invitation)
        }
    }

    init(_ invitation: Invitation) {
        self = .object([
            "uuid": .text("\(invitation.id)"),
            "email": .text("\(invitation.email)"),
            "permissions": .texts(invitation.permissions.names),
            "createdAt": JSONValue(invitation.createdAt),
            "expiresAt": JSONValue(invitation.expiresAt),
        ])
    }

    init(_ delegation: Delegation) {
        self = .object([
            "owner": .text("\(delegation.ownerID)"),
            "ownerName": .text("\(delegation.ownerName)"),
            "user": .text("\(delegation.userID)"),
            "username": .text("\(delegation.userName)"),
            "email": .text("\(delegation.email)"),
            "twoFactor": .flag(delegation.hasTwoFactor),
            "permissions": .texts(delegation.permissions.names),
            "createdAt": JSONValue(delegation.createdAt),
        ])
    }

    /// A person's place on a server; `everything` is what an owner holds.
    init(_ standing: Standing, everything: PermissionSet) {
        let held =
            switch standing.authority {
            case .everything: everything
            case .holding(let held): held
            }
        self = .object([
            "server": .text("\(standing.server.id)"),
            "shortId": .text("\(standing.server.shortID)"),
            "name": .text("\(standing.server.name)"),
            "role": .text(standing.role.rawValue),
            "permissions": .texts(held.names),
        ])
    }

    init(_ subuser: Subuser) {
        self = .object([
            "user": .text("\(subuser.userID)"),
            "username": .text("\(subuser.userName)"),
            "email": .text("\(subuser.email)"),
            "twoFactor": .flag(subuser.hasTwoFactor),
            "permissions": .texts(subuser.permissions.names),
            "createdAt": JSONValue(subuser.createdAt),
        ])
    }

    init(_ session: SessionSummary) {
        let counters = session.counters
        let rights = FileRight.allCases.filter(session.rights.includes)
        self = .object([
            "id": .text("\(session.id)"),
            "phase": .text(session.phase.rawValue),
            "peer": .text(session.peer),
            "user": .optional(session.userID),
            "username": .optional(session.userName),
            "server": .optional(session.serverID),
            "serverShortId": .optional(session.serverShortID),
            "key": .optional(session.keyFingerprint),
            "client": .optional(session.client),
            "rights": .texts(rights.map(\.rawValue)),
            "since": JSONValue(Timestamp(secondsSince1970: session.since)),
            "pid": .number(Int64(session.processID)),
            "bytesReceived": .number(Int64(clamping: counters.bytesReceived)),
            "bytesSent": .number(Int64(clamping: counters.bytesSent)),
            "contentRead": .number(Int64(clamping: counters.contentRead)),
            "contentWritten": .number(Int64(clamping: counters.contentWritten)),
            "requests": .number(Int64(clamping: counters.requests)),
            "unanswered": .number(Int64(clamping: counters.unanswered)),
            "readRate": .number(Int64(clamping: session.rates.read)),
            "writeRate": .number(Int64(clamping: session.rates.written)),
            "request": session.request.map { JSONValue($0) } ?? .null,
        ])
    }

    private init(_ request: SessionRequest) {
        self = .object([
            "operation": .text(request.operation.name),
            "path": .text(request.path),
            "since": JSONValue(Timestamp(secondsSince1970: request.since)),
            "answered": .flag(request.isAnswered),
        ])
    }

    init(_ record: ActivityRecord) {
        let entry = record.entry
        self = .object([
            "id": .number(record.id),
            "at": JSONValue(entry.time),
            "event": .text(entry.event),
            "user": .optional(entry.userID?.description),
            "username": .optional(entry.userName),
            "server": .optional(entry.serverID?.description),
            "session": .optional(entry.session),
            "ip": .optional(entry.ip),
            "actor": .optional(entry.actor),
            "actorUser": .optional(entry.actorID?.description),
            "properties": .object(entry.properties),
        ])
    }

    init(_ outcome: RevocationOutcome) {
        self = outcome.counts
    }

    init(_ group: PermissionCatalogue.Group) {
        let permissions = group.entries.map { entry in
            JSONValue.object([
                "name": .text(entry.permission.name),
                "summary": .text(entry.summary),
                "sensitive": .flag(entry.isSensitive),
            ])
        }
        self = .object([
            "name": .text(group.name),
            "summary": .text(group.summary),
            "permissions": .list(permissions),
        ])
    }

    init(_ moment: Timestamp) {
        self = .text("\(moment)")
    }

    private static func optional(_ text: String?) -> JSONValue {
        text.map { .text($0) } ?? .null
    }
}
