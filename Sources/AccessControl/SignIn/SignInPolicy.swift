/// Which proofs somebody accepts: a host, a server's owner, or a person for themselves.
///
/// A policy lists what is enough, for instance `publickey` or `password+code`. Who proves more than
/// is enough is let in as well.
package struct SignInPolicy: Hashable, Sendable {
    /// What is enough, each for itself; never empty.
    package let accepted: Set<SignInFactors>

    /// Any password or key.
    package static let standard = SignInPolicy(trusted: [.password, .publicKey])

    /// Accepts a list of what is enough, such as `["publickey", "password+code"]`.
    ///
    /// - Throws: `empty`, `unknownFactor`, or `codeAlone`.
    package init(_ texts: [String]) throws(SignInPolicyProblem) {
        var accepted: Set<SignInFactors> = []
        for text in texts {
            var factors: SignInFactors = []
            for name in text.split(separator: "+", omittingEmptySubsequences: false) {
                guard let factor = SignInFactors(name: String(name)) else {
                    throw .unknownFactor(String(name))
                }
                factors.formUnion(factor)
            }
            guard !factors.isDisjoint(with: .first) else { throw .codeAlone }
            accepted.insert(factors)
        }
        guard !accepted.isEmpty else { throw .empty }
        self.accepted = accepted
    }

    private init(trusted accepted: Set<SignInFactors>) {
        self.accepted = accepted
    }

    /// Those who have a second factor must show it beside a password, and beside a key as well if
    /// `keysNeedCode`.
    package static func secondFactor(keysNeedCode: Bool) -> SignInPolicy {
        let key: SignInFactors = keysNeedCode ? [.publicKey, .code] : .publicKey
        return SignInPolicy(trusted: [[.password, .code], key])
    }

    /// Whether what has been proven is enough.
    package func accepts(_ proven: SignInFactors) -> Bool {
        accepted.contains { $0.isSubset(of: proven) }
    }

    /// Everything that any way in has use for.
    package var factors: SignInFactors {
        accepted.reduce(into: []) { $0.formUnion($1) }
    }

    /// The list again, in an order that is always the same.
    package var texts: [String] {
        accepted.sorted { $0.rawValue < $1.rawValue }.map(\.description)
    }
}

extension SignInPolicy: CustomStringConvertible {
    package var description: String { texts.joined(separator: " or ") }
}

/// Why a list is no policy.
package enum SignInPolicyProblem: Error, Equatable {
    /// Nobody could ever sign in.
    case empty
    case unknownFactor(String)
    /// A code proves nothing for itself.
    case codeAlone
}

extension SignInPolicyProblem: CustomStringConvertible {
    package var description: String {
        let known = SignInFactors.all.names.joined(separator: ", ")
        return switch self {
        case .empty: "a policy names at least one way to sign in"
        case .unknownFactor(let name):
            "\(name.debugDescription) is none of \(known); join what must come together with +"
        case .codeAlone: "a code is not enough for itself; put password+code or publickey+code"
        }
    }
}
