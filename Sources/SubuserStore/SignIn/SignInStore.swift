package import SignInSecrets

/// A store that knows what people sign in with beside their passwords and keys.
package protocol SignInStore: Sendable {
    /// Uses up a code of a user's second factor, where it is one that was not used before.
    ///
    /// Of two who show the same code at the same moment one is told that it is right. A second
    /// factor that is not confirmed has no right codes. After several wrong ones the next is looked
    /// at only when some time has passed, whoever shows it.
    func useCode(
        _ code: String,
        of user: UserID,
        at now: Timestamp
    ) async throws(StoreError) -> CodeCheck

    // MARK: Second factors

    /// A user's second factor; nil for none.
    ///
    /// - Throws: `notFound` for the user.
    func secondFactor(of user: UserID) async throws(StoreError) -> SecondFactor?

    /// Gives a user a second factor, in the place of one that nobody has confirmed.
    ///
    /// One that counts is only replaced where `factor` says so: by one that is confirmed at once, and
    /// else it goes on counting until a code of the new one was seen. Recovery codes end with the
    /// secret that they were made for. A secret that counts already changes nothing.
    ///
    /// - Throws: `notFound` for the user, `alreadyExists`.
    func setSecondFactor(
        _ factor: NewSecondFactor,
        of user: UserID
    ) async throws(StoreError) -> SecondFactorChange

    /// Makes the secret that waits for it count, when `code` is one of its codes; nil where it is
    /// none.
    ///
    /// The code is used up, and `recoveryCodes` take the place of those there were.
    ///
    /// - Throws: `notFound` for the user or the second factor, `alreadyExists` where none waits.
    func confirmSecondFactor(
        of user: UserID,
        with code: String,
        recoveryCodes: [RecoveryCode],
        at now: Timestamp
    ) async throws(StoreError) -> SecondFactorChange?

    /// Removes a second factor with its recovery codes.
    ///
    /// - Throws: `notFound` for the user or the second factor.
    func removeSecondFactor(of user: UserID) async throws(StoreError) -> SecondFactor

    /// Replaces all recovery codes; answers the second factor with them.
    ///
    /// - Throws: `notFound` for the user or the second factor, `secondFactorUnconfirmed`.
    func setRecoveryCodes(
        _ codes: [RecoveryCode],
        of user: UserID
    ) async throws(StoreError) -> SecondFactor

    // MARK: App passwords

    /// A user's app passwords, oldest first.
    ///
    /// - Throws: `notFound` for the user.
    func appPasswords(of user: UserID) async throws(StoreError) -> [StoredAppPassword]

    /// Keeps what `password` is recognised by.
    ///
    /// - Throws: `notFound` for the user or the server, `alreadyExists`, `tooManyAppPasswords`.
    func addAppPassword(
        _ record: StoredAppPassword,
        for password: AppPassword
    ) async throws(StoreError)

    /// - Throws: `notFound` for the user or the app password.
    func removeAppPassword(
        _ id: AppPasswordID,
        of user: UserID
    ) async throws(StoreError) -> StoredAppPassword
}
