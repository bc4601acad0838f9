import PasswordHashing
import SubuserStore

/// Which stored hashes have been replaced by others of the same password.
///
/// Whoever proved to know the password behind the one has proved it for the other: without this, a
/// sign-in that began before the replacement would fail, and a session that did would look as if its
/// password had been changed.
struct RenewedHashes {
    /// What each hash was replaced by, or is about to be.
    private var successors: [String: String] = [:]
    /// The keys of these, oldest first.
    private var order: [String] = []
    /// Hashes that somebody is making another for.
    private var underWay: Set<String> = []

    /// More than can wait to be checked; what is older has been concluded.
    private static let memory = 2048

    /// Whether a new hash of `password`, which is the one behind `stored`, would be a better one.
    ///
    /// Of a password longer than bcrypt looks at, only the beginning was proved to be right: a hash
    /// of all of it could shut out who knows the real one.
    static func isDue(
        _ stored: PasswordHash,
        at cost: HashingCost,
        passwordLength: Int
    ) -> Bool {
        switch stored.scheme {
        case .bcrypt: passwordLength <= PasswordHash.bcryptLength
        case .yescrypt(let current): current != cost
        }
    }

    /// Begins to replace a hash; false where somebody is at it already, or has replaced it: whoever
    /// was still being checked against the old one then need not make a third.
    mutating func begin(_ stored: String) -> Bool {
        successors[stored] == nil && underWay.insert(stored).inserted
    }

    /// From here on either of the two may be the stored one.
    mutating func announce(_ successor: String, of stored: String) {
        if successors.updateValue(successor, forKey: stored) == nil { order.append(stored) }
        if order.count > Self.memory { successors[order.removeFirst()] = nil }
    }

    /// What was announced was not stored: there is another password by now.
    mutating func withdraw(_ stored: String) {
        successors[stored] = nil
        order.removeAll { $0 == stored }
    }

    /// Ends what `begin` began.
    mutating func finish(_ stored: String) {
        underWay.remove(stored)
    }

    /// What proofs are worth beside the hash that is stored now.
    func current(_ proofs: SignInProofs, beside stored: String?) -> SignInProofs {
        guard let proven = proofs.passwordHash, let stored, successors[proven] == stored else {
            return proofs
        }
        var current = proofs
        current.passwordHash = stored
        return current
    }
}
