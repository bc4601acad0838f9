import AccessControl
import Gatekeeper
import SubuserStore

/// The objects that answers hold, each under the name that it has in the document.
enum RecordSchema: String, CaseIterable {
    case user = "User"
    case key = "Key"
    case secondFactor = "SecondFactor"
    case appPassword = "AppPassword"
    case server = "Server"
    case subuser = "Subuser"
    case invitation = "Invitation"
    case fulfilledInvitation = "FulfilledInvitation"
    case delegation = "Delegation"
    case standing = "Standing"
    case session = "Session"
    case revocation = "Revocation"
    case revocationJob = "RevocationJob"
    case endedSession = "EndedSession"
    case activity = "Activity"
    case permissionGroup = "PermissionGroup"
    case permissionPreset = "PermissionPreset"
    case panelSubuser = "PanelSubuser"
    case panelActivity = "PanelActivity"
    case panelPermissions = "PanelPermissions"
    case lockdown = "Lockdown"
    case ban = "Ban"
    case sourcePenalty = "SourcePenalty"
    case accountPenalty = "AccountPenalty"
    case addressReport = "AddressReport"
    case accountReport = "AccountReport"
    case snapshotLine = "SnapshotLine"
    case snapshotChanges = "SnapshotChanges"
    case snapshotEnding = "SnapshotEnding"

    var schema: Schema {
        switch self {
        case .user: Self.userSchema
        case .key: Self.keySchema
        case .secondFactor: Self.secondFactorSchema
        case .appPassword: Self.appPasswordSchema
        case .server: Self.serverSchema
        case .subuser: Self.subuserSchema
        case .invitation: Self.invitationSchema
        case .fulfilledInvitation:
            .answer(["server": .answeredUUID, "permissions": .permissions])
        case .delegation: Self.delegationSchema
        case .standing: Self.standingSchema
        case .session: Self.sessionSchema
        case .revocation: Self.revocationSchema
        case .revocationJob: .answer(Self.revocationJobMembers)
        case .endedSession: Self.endedSessionSchema
        case .panelSubuser: .panel(Self.panelSubuserName, Self.panelMember)
        case .panelActivity: Self.panelActivitySchema
        case .panelPermissions: Self.panelPermissionsSchema
        case .lockdown: .answer(["text": .displayName.orNull, "since": .time])
        case .ban: Self.banSchema
        case .sourcePenalty: Self.sourcePenaltySchema
        case .accountPenalty: Self.accountPenaltySchema
        case .addressReport: Self.addressReportSchema
        case .accountReport: Self.accountReportSchema
        case .snapshotLine: Self.snapshotLineSchema
        case .snapshotChanges: Self.snapshotChangesSchema
        case .snapshotEnding: Self.snapshotEndingSchema
        case .activity: Self.activitySchema
        case .permissionGroup: Self.permissionGroupSchema
        case .permissionPreset:
            .answer([
                "name": .one(of: PermissionPreset.allCases.map(\.rawValue)), "summary": .text,
                "permissions": .permissions,
            ])
        }
    }
}

extension RecordSchema {
    private static var userSchema: Schema {
        .answer([
            "uuid": .answeredUUID,
            "username": .userName,
            "email": .email,
            "administrator": .flag.described("Whether they may do everything on every server."),
            "hasPassword": .flag,
            "twoFactor": .flag.described("Whether the panel's account has a second factor."),
            "disabled": .flag.described("Whether they may not sign in anywhere."),
            "signIn": .signIn.orNull,
            "keys": .count,
            "createdAt": .time,
        ])
    }

    private static var keySchema: Schema {
        .answer([
            "fingerprint": .answeredFingerprint, "type": .keyType, "name": .displayName.orNull,
            "createdAt": .time,
        ])
    }

    private static var serverSchema: Schema {
        .answer([
            "uuid": .answeredUUID,
            "shortId": .shortID,
            "name": .displayName,
            "owner": .answeredUUID,
            "ownerName": .userName,
            "directory": .directory,
            "state": .serverState,
            "signIn": .signIn.orNull,
            "createdAt": .time,
        ])
    }

    private static var subuserSchema: Schema {
        .answer([
            "user": .answeredUUID,
            "username": .userName,
            "email": .email,
            "twoFactor": .flag,
            "permissions": .permissions,
            "createdAt": .time,
        ])
    }

    private static var invitationSchema: Schema {
        .answer([
            "uuid": .answeredUUID,
            "email": .email,
            "permissions": .permissions,
            "createdAt": .time,
            "expiresAt": .time,
        ])
    }

    private static var delegationSchema: Schema {
        .answer([
            "owner": .answeredUUID,
            "ownerName": .userName,
            "user": .answeredUUID,
            "username": .userName,
            "email": .email,
            "twoFactor": .flag,
            "permissions": .permissions,
            "createdAt": .time,
        ])
    }

    private static var standingSchema: Schema {
        .answer([
            "server": .answeredUUID,
            "shortId": .shortID,
            "name": .displayName,
            "role": .one(of: Standing.Role.allCases.map(\.rawValue)),
            "permissions": .permissions,
        ])
    }

    private static var sessionSchema: Schema {
        .answer([
            "id": .sessionID,
            "phase": .one(of: SessionSummary.Phase.allCases.map(\.rawValue)),
            "peer": .text,
            "user": .answeredUUID.orNull,
            "username": .text.orNull,
            "server": .answeredUUID.orNull,
            "serverShortId": .shortID.orNull,
            "key": .answeredFingerprint.orNull,
            "client": .text.orNull,
            "rights": .list(of: .one(of: FileRight.allCases.map(\.rawValue))),
            "since": .time,
            "pid": .number(from: 0, to: Int64(Int32.max)),
            "bytesReceived": .count.described("Over the wire."),
            "bytesSent": .count.described("Over the wire."),
            "contentRead": .count.described("Bytes of files."),
            "contentWritten": .count.described("Bytes of files."),
            "requests": .count.described("Answered."),
            "unanswered": .count.described("Requests that have arrived and are not answered."),
            "readRate": .count.described("Bytes of files in a second, over the last seconds."),
            "writeRate": .count.described("Bytes of files in a second, over the last seconds."),
            "request": sessionRequestSchema.orNull.described("What it was asked for last."),
        ])
    }

    private static var sessionRequestSchema: Schema {
        .answer([
            "operation": .one(of: FileOperation.allCases.map(\.name)),
            "path": .text.described("Of a long path the end."),
            "since": .time,
            "answered": .flag,
        ])
    }

    private static var revocationSchema: Schema {
        .answer([
            "found": .count,
            "endedByGoodbye": .count,
            "endedByKill": .count,
            "pending": .list(of: .sessionID),
            "milliseconds": .count,
        ])
    }

    private static var activitySchema: Schema {
        .answer([
            "id": .number(from: 1),
            "at": .time,
            "event": .text,
            "user": .answeredUUID.orNull,
            "username": .text.orNull,
            "server": .answeredUUID.orNull,
            "session": .sessionID.orNull,
            "ip": .text.orNull,
            "actor": .text.orNull.described(
                "Who made a change: a user's name, or `uid` and a user of the host."
            ),
            "actorUser": .answeredUUID.orNull.described("The actor, where it is a user."),
            "properties": .anyObject.described("What else there is to say about such an event."),
        ])
    }

    private static var permissionGroupSchema: Schema {
        .answer([
            "name": .text,
            "summary": .text,
            "permissions": .list(
                of: .answer(["name": .permission, "summary": .text, "sensitive": .flag])
            ),
        ])
    }
}
