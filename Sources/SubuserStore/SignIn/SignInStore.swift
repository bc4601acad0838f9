/// A store that knows what people sign in with beside their passwords and keys.
package protocol SignInStore: Sendable {
    /// Uses up a code of a user's second factor; nil where it is none, or was used before.
    ///
    /// Of two who show the same code at the same moment one is told that it is right. A second
    /// factor that is not confirmed has no right codes.
    func useCode(
        _ code: String,
        of user: UserID,
        at now: Timestamp
    ) async throws(StoreError) -> UsedCode?
}
