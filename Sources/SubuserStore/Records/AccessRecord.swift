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

    package init(
        id: UserID,
        name: UserName,
        isAdministrator: Bool,
        isDisabled: Bool = false,
        passwordHash: String?,
        keyFingerprints: Set<String>
    ) {
        self.id = id
        self.name = name
        self.isAdministrator = isAdministrator
        self.isDisabled = isDisabled
        self.passwordHash = passwordHash
        self.keyFingerprints = keyFingerprints
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
