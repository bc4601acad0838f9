import AccessControl
import SubuserStore

/// All that has been proven on one connection, so that it can be compared with the store again.
struct SignInProofs: Equatable, Sendable {
    var passwordHash: String?
    private(set) var keyFingerprint: String?
    private(set) var appPassword: AppPasswordID?
    /// The second factor of which a code was shown.
    private(set) var secondFactor: SecondFactorID?

    /// One thing that somebody has proven about themselves.
    enum Proof: Equatable, Sendable {
        /// The password behind exactly this stored hash.
        case password(hash: String)
        /// Possession of the private key.
        case key(fingerprint: String)
        /// A password that the gate made.
        case appPassword(AppPasswordID)
        /// A code of their second factor, which nobody can use again.
        case code(of: SecondFactorID)
    }

    /// Nothing yet.
    init() {}

    /// What has been proven with these.
    init(_ proofs: Proof...) {
        for proof in proofs { add(proof) }
    }

    mutating func add(_ proof: Proof) {
        switch proof {
        case .password(let hash): passwordHash = hash
        case .key(let fingerprint): keyFingerprint = fingerprint
        case .appPassword(let id): appPassword = id
        case .code(let id): secondFactor = id
        }
    }

    /// What a policy is asked about.
    ///
    /// An app password is there for programs that cannot ask for a code: it stands for a password
    /// with one, and never for a key.
    var factors: SignInFactors {
        var factors: SignInFactors = []
        if passwordHash != nil { factors.insert(.password) }
        if keyFingerprint != nil { factors.insert(.publicKey) }
        if secondFactor != nil { factors.insert(.code) }
        if appPassword != nil { factors.formUnion([.password, .code]) }
        return factors
    }

    /// The name in the log and the record.
    var method: String {
        guard appPassword != nil else { return factors.description }
        return keyFingerprint == nil ? "app-password" : "app-password+publickey"
    }
}
