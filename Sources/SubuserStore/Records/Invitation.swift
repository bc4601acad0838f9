package import AccessControl

/// The promise of access to somebody who has no account yet.
package struct Invitation: Hashable, Sendable {
    package var id: InvitationID
    package var serverID: ServerID
    package var email: Email
    package var permissions: PermissionSet
    /// When it stops meaning anything.
    package var expiresAt: Timestamp
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
}

/// An invitation's UUID.
package typealias InvitationID = Identifier<Invitation>

/// What an edit of an invitation did.
package struct InvitationChange: Equatable, Sendable {
    package var before: Invitation
    package var after: Invitation

    /// Whether the set of permissions is another one than before.
    package var isChange: Bool { before.permissions != after.permissions }
}
