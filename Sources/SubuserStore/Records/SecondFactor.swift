package import SignInSecrets

/// What the gate knows of a person's second factor, without its secret.
package struct SecondFactor: Hashable, Sendable {
    package var userID: UserID
    /// Whether a code of it was seen, so that it counts.
    ///
    /// Before that, the secret may have reached no authenticator yet, and asking for codes would
    /// shut its owner out.
    package var isConfirmed: Bool
    /// Whether a secret waits for its first code: their first one, or one to come in the place of
    /// that which counts.
    package var isPending: Bool
    /// How many recovery codes have not been used.
    package var recoveryCodesLeft: Int
    package var createdAt: Timestamp

    package init(
        userID: UserID,
        isConfirmed: Bool,
        isPending: Bool,
        recoveryCodesLeft: Int,
        createdAt: Timestamp
    ) {
        self.userID = userID
        self.isConfirmed = isConfirmed
        self.isPending = isPending
        self.recoveryCodesLeft = recoveryCodesLeft
        self.createdAt = createdAt
    }
}

/// What is needed to give somebody a second factor.
package struct NewSecondFactor: Sendable {
    package var secret: SharedSecret
    /// Whether it counts at once, because whoever brings it has seen a code of it.
    package var isConfirmed: Bool
    /// Whether it may come in the place of one that counts already.
    package var replaces: Bool

    package init(secret: SharedSecret, isConfirmed: Bool = false, replaces: Bool = false) {
        self.secret = secret
        self.isConfirmed = isConfirmed
        self.replaces = replaces
    }
}

/// What giving somebody a second factor did.
package struct SecondFactorChange: Equatable, Sendable {
    /// Nil where they had none.
    package var before: SecondFactor?
    package var after: SecondFactor
    /// Whether there is another secret now, or another one counts.
    package var isChange: Bool
}

/// A code that somebody showed and that nobody can show again.
package enum UsedCode: Equatable, Sendable {
    /// One of the authenticator's.
    case timeBased
    /// One of those kept for the day on which the authenticator is lost; so many are left.
    case recovery(left: Int)
}
