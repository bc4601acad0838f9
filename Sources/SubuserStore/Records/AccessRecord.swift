package import AccessControl

/// What a person can prove themselves with.
package struct SignInCredentials: Hashable, Sendable {
    package var id: UserID
    package var name: UserName
    package var isAdministrator: Bool
    /// Whether they may not sign in anywhere, whatever they hold.
    package var isDisabled: Bool
    /// The stored hash in the notation of crypt(5); nil when there is no password.
    package var passwordHash: String?
    /// The fingerprints of their public keys, `SHA256:…`; the hash covers the key's type as well.
    package var keyFingerprints: Set<String>
    /// What is demanded of them in particular; nil for nothing.
    package var policy: SignInPolicy?
    /// Whether their account at the panel has a second factor.
    package var hasTwoFactor: Bool
    /// Their second factor that the gate knows, once a code of it was seen; nil for none.
    package var secondFactor: SecondFactorID?
    /// Passwords that the gate made for them.
    package var appPasswords: [AppPasswordKey]

    package init(
        id: UserID,
        name: UserName,
        isAdministrator: Bool,
        isDisabled: Bool = false,
        passwordHash: String?,
        keyFingerprints: Set<String>,
        policy: SignInPolicy? = nil,
        hasTwoFactor: Bool = false,
        secondFactor: SecondFactorID? = nil,
        appPasswords: [AppPasswordKey] = []
    ) {
        self.id = id
        self.name = name
        self.isAdministrator = isAdministrator
        self.isDisabled = isDisabled
        self.passwordHash = passwordHash
        self.keyFingerprints = keyFingerprints
        self.policy = policy
        self.hasTwoFactor = hasTwoFactor
        self.secondFactor = secondFactor
        self.appPasswords = appPasswords
    }
}

extension SignInCredentials {
    /// Whether they can show codes.
    package var hasCode: Bool { secondFactor != nil }
}

/// What a password that the gate made is known by, and where it is good.
package struct AppPasswordKey: Hashable, Sendable {
    package var id: AppPasswordID
    /// The one server that it lets in to; nil for all of its owner's.
    package var server: ServerID?
    /// SHA-256 of the password.
    package var digest: [UInt8]

    package init(id: AppPasswordID, server: ServerID?, digest: [UInt8]) {
        self.id = id
        self.server = server
        self.digest = digest
    }
}

/// Everything that decides whether a person may work on a server, as it was at one moment.
package struct AccessRecord: Hashable, Sendable {
    package var user: SignInCredentials
    package var server: Server
    /// What the person holds there as a subuser, by the owner's delegation, or both; nil for none.
    package var permissions: PermissionSet?
    /// That nobody may sign in at all; nil while the host is open.
    package var lockdown: Lockdown?

    package init(
        user: SignInCredentials,
        server: Server,
        permissions: PermissionSet?,
        lockdown: Lockdown? = nil
    ) {
        self.user = user
        self.server = server
        self.permissions = permissions
        self.lockdown = lockdown
    }
}
