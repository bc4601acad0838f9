package import AccessControl
package import SubuserStore

/// What is needed to create a user, before the password is hashed.
package struct UserDraft: Sendable {
    /// Nil for a new random one.
    package var id: UserID?
    package var name: UserName
    package var email: Email
    package var password: PasswordInput?
    package var isAdministrator: Bool
    package var hasTwoFactor: Bool
    package var isDisabled: Bool
    /// What is demanded of them in particular; nil for nothing.
    package var policy: SignInPolicy?

    package init(
        id: UserID? = nil,
        name: UserName,
        email: Email,
        password: PasswordInput? = nil,
        isAdministrator: Bool = false,
        hasTwoFactor: Bool = false,
        isDisabled: Bool = false,
        policy: SignInPolicy? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.password = password
        self.isAdministrator = isAdministrator
        self.hasTwoFactor = hasTwoFactor
        self.isDisabled = isDisabled
        self.policy = policy
    }
}

/// What shall become different about a user; nil leaves a part as it is.
package struct UserRevision: Sendable {
    package var name: UserName?
    package var email: Email?
    package var password: PasswordEdit
    package var isAdministrator: Bool?
    package var hasTwoFactor: Bool?
    package var isDisabled: Bool?
    package var policy: PolicyEdit

    package init(
        name: UserName? = nil,
        email: Email? = nil,
        password: PasswordEdit = .keep,
        isAdministrator: Bool? = nil,
        hasTwoFactor: Bool? = nil,
        isDisabled: Bool? = nil,
        policy: PolicyEdit = .keep
    ) {
        self.name = name
        self.email = email
        self.password = password
        self.isAdministrator = isAdministrator
        self.hasTwoFactor = hasTwoFactor
        self.isDisabled = isDisabled
        self.policy = policy
    }
}
