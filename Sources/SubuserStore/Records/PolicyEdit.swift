package import AccessControl

/// What happens to the sign-in policy of a user or a server.
package enum PolicyEdit: Hashable, Sendable {
    case keep
    case replace(SignInPolicy)
    case remove

    /// The policy afterwards.
    package func applied(to policy: SignInPolicy?) -> SignInPolicy? {
        switch self {
        case .keep: policy
        case .replace(let new): new
        case .remove: nil
        }
    }
}
