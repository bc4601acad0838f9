import AccessControl
import SessionLink
import SubuserStore

/// What a proven credential is worth on a server, as a value with its reason.
enum SignInDecision: Equatable {
    /// Come in, with these rights.
    case granted(FileRights)
    /// The credential does not stand up to the store as it is now.
    case denied(reason: String)
    /// The credential is right, but there is no access; the text may be told.
    case refused(reason: String)

    /// What has been proven about the person.
    enum Proof: Equatable {
        /// The password behind exactly this stored hash.
        case password(hash: String)
        /// Possession of the private key.
        case key(fingerprint: String)
    }

    /// Decides from one consistent reading of the store.
    ///
    /// The credential is compared once more: what was true when the check began may have been
    /// changed since, and then the proof proves nothing.
    init(_ access: AccessRecord?, proof: Proof) {
        // Told only to someone who has just proven who they are.
        guard let access else {
            self = .refused(reason: Self.noAccess)
            return
        }
        switch proof {
        case .password(let hash):
            guard access.user.passwordHash == hash else {
                self = .denied(reason: "password changed meanwhile")
                return
            }
        case .key(let fingerprint):
            guard access.user.keyFingerprints.contains(fingerprint) else {
                self = .denied(reason: "key removed meanwhile")
                return
            }
        }
        if access.user.isDisabled {
            self = .refused(reason: "Your account is disabled")
            return
        }
        if let lockdown = access.lockdown {
            self = .refused(reason: lockdown.message)
            return
        }
        let rights: FileRights
        if access.user.isAdministrator || access.server.ownerID == access.user.id {
            rights = .all
        } else if let permissions = access.permissions {
            rights = FileRights(from: permissions)
        } else {
            self = .refused(reason: Self.noAccess)
            return
        }
        guard rights.includes(.sftp) else {
            self = .refused(
                reason: "You may not sign in over SFTP: \(FileRight.sftp.rawValue) is required"
            )
            return
        }
        guard access.server.state.allowsAccess else {
            self = .refused(
                reason: "This server is \(access.server.state.rawValue); try again later"
            )
            return
        }
        self = .granted(rights)
    }

    private static let noAccess = "You have no access to this server"
}
