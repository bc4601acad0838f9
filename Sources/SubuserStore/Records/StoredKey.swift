/// A public key that belongs to a user.
package struct StoredKey: Hashable, Sendable {
    package var userID: UserID
    package var fingerprint: KeyFingerprint
    package var kind: PublicKey.Kind
    /// What the user calls it; nil for no name.
    package var name: DisplayName?
    package var createdAt: Timestamp
}
