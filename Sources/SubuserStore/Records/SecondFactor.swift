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

/// What a code turned out to be.
package enum CodeCheck: Equatable, Sendable {
    /// Right, and used up now.
    case right(UsedCode, of: SecondFactorID)
    case wrong
    /// Not looked at, because there were too many wrong ones.
    case kept(milliseconds: Int64)

    /// What was used up; nil for nothing.
    package var used: UsedCode? {
        if case .right(let used, _) = self { used } else { nil }
    }
}

/// Names a second factor; another secret that comes to count has another one.
package typealias SecondFactorID = Identifier<SecondFactor>
