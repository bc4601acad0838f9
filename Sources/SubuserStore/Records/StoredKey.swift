/// A public key that belongs to a user.
package struct StoredKey: Hashable, Sendable {
    package var userID: UserID
    package var fingerprint: KeyFingerprint
    package var kind: PublicKey.Kind
    /// What the user calls it; nil for no name.
    package var name: DisplayName?
    package var createdAt: Timestamp
}

/// What putting a key did.
package struct KeyChange: Equatable, Sendable {
    /// Nil when the user did not have it.
    package var before: StoredKey?
    package var after: StoredKey
}
