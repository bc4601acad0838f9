package import AccessControl

/// A person as the store knows them.
package struct User: Hashable, Sendable {
    package var id: UserID
    package var name: UserName
    package var email: Email
    /// Whether they may do everything on every server.
    package var isAdministrator: Bool
    /// Whether they can sign in with a password.
    package var hasPassword: Bool
    /// Whether their account at the panel has a second factor.
    package var hasTwoFactor: Bool
    /// Whether they may not sign in anywhere, whatever they hold.
    package var isDisabled: Bool
    /// What is demanded of them in particular; nil for nothing.
    package var policy: SignInPolicy?
    /// How many public keys they have.
    package var keyCount: Int
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

/// What is needed to create a user.
package struct NewUser: Sendable {
    package var id: UserID
    package var name: UserName
    package var email: Email
    /// The hash of their password in the notation of crypt(5); nil for none.
    package var passwordHash: String?
    package var isAdministrator: Bool
    /// Whether their account at the panel has a second factor.
    package var hasTwoFactor: Bool
    /// Whether they may not sign in anywhere, whatever they hold.
    package var isDisabled: Bool
    /// What is demanded of them in particular; nil for nothing.
    package var policy: SignInPolicy?

    package init(
        id: UserID = .random(),
        name: UserName,
        email: Email,
        passwordHash: String? = nil,
        isAdministrator: Bool = false,
        hasTwoFactor: Bool = false,
        isDisabled: Bool = false,
        policy: SignInPolicy? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.passwordHash = passwordHash
        self.isAdministrator = isAdministrator
        self.hasTwoFactor = hasTwoFactor
        self.isDisabled = isDisabled
        self.policy = policy
    }
}

/// A user who was just made or changed.
package struct SavedUser: Equatable, Sendable {
    package var user: User
    /// The assignments that invitations of their address became by it.
    package var fulfilled: [Subuser]

    package init(user: User, fulfilled: [Subuser]) {
        self.user = user
        self.fulfilled = fulfilled
    }
}

/// What shall become different about a user; nil leaves a part as it is.
package struct UserEdit: Sendable {
    /// What happens to the password.
    package enum Password: Sendable {
        case keep
        case replace(hash: String)
        case remove
    }

    package var name: UserName?
    package var email: Email?
    package var password: Password
    package var isAdministrator: Bool?
    package var hasTwoFactor: Bool?
    package var isDisabled: Bool?
    package var policy: PolicyEdit

    package init(
        name: UserName? = nil,
        email: Email? = nil,
        password: Password = .keep,
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

/// What an edit of a user did.
package struct UserChange: Equatable, Sendable {
    package var before: User
    package var after: User
    /// Whether the stored password hash is another one than before, or gone.
    package var isPasswordChanged: Bool
    /// The assignments that invitations of the new address became.
    package var fulfilled: [Subuser] = []
    /// Those that could become none: the server is theirs, or shared with them already.
    package var withdrawn: [Invitation] = []

    /// Whether anything is different.
    package var isChange: Bool {
        isPasswordChanged || before.name != after.name
            || before.email.description != after.email.description
            || before.isAdministrator != after.isAdministrator
            || before.hasTwoFactor != after.hasTwoFactor || before.isDisabled != after.isDisabled
            || before.policy != after.policy
    }
}

/// A user who is gone, with what went with them.
package struct RemovedUser: Equatable, Sendable {
    package var user: User
    /// Their assignments, ordered by server.
    package var subusers: [Subuser]
    /// What they had delegated and what was delegated to them.
    package var delegations: [RemovedDelegation]
}

/// How somebody named a user.
package enum UserReference: Hashable, Sendable {
    case id(UserID)
    case name(UserName)
    case email(Email)

    /// Reads a UUID, an email address or a user name; nil for what can be none of them.
    package init?(_ text: String) {
        if let id = UserID(text) {
            self = .id(id)
        } else if text.utf8.contains(UInt8(ascii: "@")) {
            guard let email = try? Email(text) else { return nil }
            self = .email(email)
        } else {
            guard let name = try? UserName(text) else { return nil }
            self = .name(name)
        }
    }
}
