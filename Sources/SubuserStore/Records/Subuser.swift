package import AccessControl

/// One user's permissions on one server that is not theirs.
package struct Subuser: Hashable, Sendable {
    package var serverID: ServerID
    package var userID: UserID
    package var userName: UserName
    package var email: Email
    /// Whether the user's account at the panel has a second factor.
    package var hasTwoFactor: Bool
    package var permissions: PermissionSet
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

/// What an edit of a subuser did.
package struct SubuserChange: Equatable, Sendable {
    package var before: Subuser
    package var after: Subuser

    /// Whether the set of permissions is another one than before.
    package var isChange: Bool { before.permissions != after.permissions }
}
