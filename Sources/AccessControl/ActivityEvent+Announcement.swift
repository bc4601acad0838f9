extension ActivityEvent {
    /// Whether somebody who follows what happens is told of an event without naming it.
    package enum Announcement: Sendable {
        /// Whenever it happens.
        case always
        /// When it is a change that ended sessions.
        case whenSessionsEnded
        /// Only to whoever asks for it by its name.
        case onRequest
    }

    /// Who comes and goes, what is refused and who is cut off; not what is done to files, nor
    /// changes that nobody notices who is connected.
    package var announcement: Announcement {
        switch self {
        case .signInFailed, .login, .denied, .logout: .always
        case .lock, .unlock, .ban, .liftBan, .liftPenalty, .endSession, .revoke: .always
        case .changeUser, .deleteUser, .removeKey: .whenSessionsEnded
        case .addSecondFactor, .confirmSecondFactor, .removeSecondFactor: .whenSessionsEnded
        case .removeAppPassword: .whenSessionsEnded
        case .changeServer, .deleteServer: .whenSessionsEnded
        case .addSubuser, .changeSubuser, .removeSubuser: .whenSessionsEnded
        case .delegate, .changeDelegation, .removeDelegation: .whenSessionsEnded
        case .importSnapshot: .whenSessionsEnded
        case .create, .write, .read, .createDirectory, .rename, .delete, .changeMode,
            .makeSymbolicLink, .makeHardLink:
            .onRequest
        case .createUser, .addKey, .changeKey, .createServer: .onRequest
        case .renewRecoveryCodes, .addAppPassword: .onRequest
        case .invite, .changeInvitation, .withdrawInvitation: .onRequest
        }
    }
}
