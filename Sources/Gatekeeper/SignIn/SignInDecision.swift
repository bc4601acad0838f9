import AccessControl
import SessionLink
import SubuserStore

/// What is to be answered to somebody who has proven something, as a value with its reason.
enum SignInDecision: Equatable {
    /// Come in, with these rights.
    case granted(FileRights)
    /// It is right and not enough: one of these must follow.
    case incomplete(next: SignInFactors)
    /// The credential does not stand up to the store as it is now.
    case denied(reason: String)
    /// The credential is right, but there is no access; the text may be told.
    case refused(reason: String)

    /// Decides from one consistent reading of the store.
    ///
    /// What was proven is compared once more: what was true when the check began may have been
    /// changed since, and then the proof proves nothing. Without `access` there is no such server,
    /// which is told only to someone who has proven who they are.
    init(
        of person: SignInCredentials,
        _ access: AccessRecord?,
        proofs: SignInProofs,
        rules: SignInRules
    ) {
        if let reason = Self.difference(of: proofs, from: person) {
            self = .denied(reason: reason)
            return
        }
        let requirement = rules.requirement(of: person, on: access?.server)
        guard requirement.isMet(by: proofs.factors) else {
            let next = requirement.next(after: proofs.factors, available: person.factors)
            let missing = requirement.next(after: proofs.factors, available: .all)
            self = next.isEmpty ? .refused(reason: missing.refusal) : .incomplete(next: next)
            return
        }
        guard let access else {
            self = .refused(reason: Self.noAccess)
            return
        }
        let key = person.appPasswords.first { $0.id == proofs.appPassword }
        if let only = key?.server, only != access.server.id {
            self = .refused(reason: "This app password is for another server")
            return
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

    /// What of the proofs the store does not know any more; nil where all of it stands.
    private static func difference(
        of proofs: SignInProofs,
        from person: SignInCredentials
    ) -> String? {
        if let hash = proofs.passwordHash, person.passwordHash != hash {
            return "password changed meanwhile"
        }
        if let fingerprint = proofs.keyFingerprint,
            !person.keyFingerprints.contains(fingerprint)
        {
            return "key removed meanwhile"
        }
        if let id = proofs.appPassword, !person.appPasswords.contains(where: { $0.id == id }) {
            return "app password removed meanwhile"
        }
        // One that is taken away leaves nothing to compare with, and nothing to ask for either.
        if let proven = proofs.secondFactor, let known = person.secondFactor, proven != known {
            return "second factor replaced meanwhile"
        }
        return nil
    }
}

extension SignInFactors {
    /// What somebody is told who cannot go on because these are missing.
    fileprivate var refusal: String {
        if contains(.code) {
            return "Your account needs a second factor that is not set up for SFTP; "
                + "use a key or an app password"
        }
        if contains(.publicKey) { return "A key is needed to sign in here" }
        return "A password is needed to sign in here, and your account has none"
    }
}
