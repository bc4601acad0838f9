package import AccessControl

/// Access to all servers of one owner, those to come included.
package struct Delegation: Hashable, Sendable {
    package var ownerID: UserID
    package var ownerName: UserName
    /// Who may act for the owner.
    package var userID: UserID
    package var userName: UserName
    package var email: Email
    /// Whether their account at the panel has a second factor.
    package var hasTwoFactor: Bool
    package var permissions: PermissionSet
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

/// What setting or removing a delegation did.
package struct DelegationChange: Equatable, Sendable {
    /// Nil when there was none.
    package var before: Delegation?
    /// Nil when there is none any more.
    package var after: Delegation?

    package init(before: Delegation?, after: Delegation?) {
        self.before = before
        self.after = after
    }

    /// Whether the set of permissions is another one than before.
    package var isChange: Bool { before?.permissions != after?.permissions }
}

/// A delegation that went with one of its two people.
package struct RemovedDelegation: Equatable, Sendable {
    package var delegation: Delegation
    /// The owner's servers at that moment.
    package var servers: [ServerID]
}
