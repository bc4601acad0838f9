package import SessionLink

/// A password as whoever sets it gives it.
package enum PasswordInput: Sendable {
    /// The password itself, to be hashed here.
    case plain(Secret)
    /// A hash that a panel has made, in the notation of crypt(5).
    case hashed(String)
}

/// What happens to a user's password.
package enum PasswordEdit: Sendable {
    case keep
    case replace(PasswordInput)
    case remove
}
