/// What the gate knows of a person's second factor, without its secret.
package struct SecondFactor: Hashable, Sendable {
    package var userID: UserID
    /// Whether a code of it was seen, so that it counts.
    ///
    /// Before that, the secret may have reached no authenticator yet, and asking for codes would
    /// shut its owner out.
    package var isConfirmed: Bool
    /// How many recovery codes have not been used.
    package var recoveryCodesLeft: Int
    package var createdAt: Timestamp

    package init(
        userID: UserID,
        isConfirmed: Bool,
        recoveryCodesLeft: Int,
        createdAt: Timestamp
    ) {
        self.userID = userID
        self.isConfirmed = isConfirmed
        self.recoveryCodesLeft = recoveryCodesLeft
        self.createdAt = createdAt
    }
}

/// A code that somebody showed and that nobody can show again.
package enum UsedCode: Equatable, Sendable {
    /// One of the authenticator's.
    case timeBased
    /// One of those kept for the day on which the authenticator is lost; so many are left.
    case recovery(left: Int)
}
