package import SubuserStore

/// One record of a document, with permissions named as whoever wrote it names them.
package enum SnapshotEntry: Sendable {
    /// How many records the document says it holds.
    case summary(SnapshotCounts)
    case user(NewUser, policy: PolicyMention = .said)
    case key(PublicKey, name: DisplayName?, user: UserID)
    case server(NewServer, policy: PolicyMention = .said)
    case subuser(server: ServerID, user: UserID, permissions: [String])
    case delegation(owner: UserID, user: UserID, permissions: [String])
}
