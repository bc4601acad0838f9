/// Everything that is demanded of one person on one server: by the host, the server, and for
/// themselves.
package struct SignInRequirement: Hashable, Sendable {
    /// All of them must be satisfied.
    private let policies: [SignInPolicy]

    package init(_ policies: [SignInPolicy]) {
        self.policies = policies
    }

    /// Whether what has been proven is enough; a password or a key always belongs to it.
    package func isMet(by proven: SignInFactors) -> Bool {
        !proven.isDisjoint(with: .first) && policies.allSatisfy { $0.accepts(proven) }
    }

    /// What may be proven next on a shortest way in; nothing where no way is left.
    ///
    /// `available` is all that the person could prove. A code is never the first step.
    package func next(after proven: SignInFactors, available: SignInFactors) -> SignInFactors {
        let reachable = available.union(proven)
        let enough = (0...SignInFactors.all.rawValue)
            .map { SignInFactors(rawValue: $0) }
            .filter { $0.isSuperset(of: proven) && $0.isSubset(of: reachable) && isMet(by: $0) }
        var next: SignInFactors = []
        for factors in enough {
            let isShortest = !enough.contains { $0.isStrictSubset(of: factors) }
            if isShortest { next.formUnion(factors.subtracting(proven)) }
        }
        return proven.isDisjoint(with: .first) ? next.intersection(.first) : next
    }
}
