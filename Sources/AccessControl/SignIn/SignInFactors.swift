/// The ways in which somebody proves who they are.
package struct SignInFactors: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A password that only they know.
    package static let password = SignInFactors(rawValue: 1)
    /// Possession of a private key (RFC 4252 section 7).
    package static let publicKey = SignInFactors(rawValue: 2)
    /// A code of their authenticator (RFC 6238), or one of those kept for the day it is lost.
    package static let code = SignInFactors(rawValue: 4)

    /// One of them alone lets nobody in, and is not asked for before another: whoever could try codes
    /// without anything else would have a million guesses to make, not more.
    package static let first: SignInFactors = [.password, .publicKey]
    package static let all: SignInFactors = [.password, .publicKey, .code]

    private static let named: [(factor: SignInFactors, name: String)] = [
        (.password, "password"), (.publicKey, "publickey"), (.code, "code"),
    ]

    /// The names in the configuration, the API and the record; those of RFC 4252 where it has one.
    package var names: [String] {
        Self.named.filter { contains($0.factor) }.map(\.name)
    }

    /// The factor of this name; nil for none.
    package init?(name: String) {
        guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
        self = found.factor
    }
}

extension SignInFactors: CustomStringConvertible {
    /// The names with `+` between them, as a policy has them.
    package var description: String { names.joined(separator: "+") }
}
