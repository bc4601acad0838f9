/// Everything that the activity record knows, by the names that stand in it.
///
/// This is the one list; `docs/activity.md` explains each with its properties, and a test holds the
/// two together.
package enum ActivityEvent: String, CaseIterable, Sendable {
    case signInFailed = "auth:sftp.fail"
    case login = "server:sftp.login"
    case denied = "server:sftp.denied"
    case create = "server:sftp.create"
    case write = "server:sftp.write"
    case read = "server:sftp.read"
    case createDirectory = "server:sftp.create-directory"
    case rename = "server:sftp.rename"
    case delete = "server:sftp.delete"
    case changeMode = "server:sftp.chmod"
    case makeSymbolicLink = "server:sftp.symlink"
    case makeHardLink = "server:sftp.link"
    case logout = "server:sftp.logout"

    case createUser = "user:create"
    case changeUser = "user:update"
    case deleteUser = "user:delete"
    case addKey = "user:ssh-key.create"
    case changeKey = "user:ssh-key.update"
    case removeKey = "user:ssh-key.delete"
    case addSecondFactor = "user:second-factor.create"
    case confirmSecondFactor = "user:second-factor.confirm"
    case removeSecondFactor = "user:second-factor.delete"
    case renewRecoveryCodes = "user:second-factor.recovery-codes"
    case addAppPassword = "user:app-password.create"
    case removeAppPassword = "user:app-password.delete"
    case createServer = "server:create"
    case changeServer = "server:update"
    case deleteServer = "server:delete"
    case addSubuser = "server:subuser.create"
    case changeSubuser = "server:subuser.update"
    case removeSubuser = "server:subuser.delete"
    case invite = "server:subuser.invite"
    case changeInvitation = "server:subuser.invite-update"
    case withdrawInvitation = "server:subuser.invite-withdraw"
    case delegate = "user:delegation.create"
    case changeDelegation = "user:delegation.update"
    case removeDelegation = "user:delegation.delete"
    case importSnapshot = "snapshot:import"
    case lock = "host:lockdown.on"
    case unlock = "host:lockdown.off"
    case ban = "host:ban.add"
    case liftBan = "host:ban.lift"
    case liftPenalty = "user:penalty.lift"
    case endSession = "session:end"
    case revoke = "revocation"
}

extension ActivityEvent: CustomStringConvertible {
    /// The name in the record.
    package var description: String { rawValue }
}
