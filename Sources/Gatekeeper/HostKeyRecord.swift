package import SubuserStore

/// What is public about one of the host's keys.
package struct HostKeyRecord: Equatable, Sendable {
    /// What a key's file is there for.
    package enum Role: CaseIterable, Sendable {
        /// The gate proves itself with it.
        case current
        /// It is to replace the current key of its type, and is only announced yet.
        case next

        /// What the name of the file ends in.
        var suffix: String {
            switch self {
            case .current: ""
            case .next: ".next"
            }
        }
    }

    /// The private key's file.
    package let path: String
    package let role: Role
    package let key: PublicKey

    package init(path: String, role: Role, key: PublicKey) {
        self.path = path
        self.role = role
        self.key = key
    }

    /// The DNS record by which clients can check the key, its SHA-256 form (RFC 4255, RFC 6594, RFC
    /// 7479), owned by `name` as it stands.
    ///
    /// Nil for a type that no host key has.
    package func sshfp(name: String) -> String? {
        guard let algorithm = key.kind.sshfpAlgorithm else { return nil }
        let digits = key.fingerprint.digest.map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return "\(name) IN SSHFP \(algorithm) \(Self.sha256) \(digits.joined())"
    }

    /// The fingerprint type of RFC 6594 section 4.
    private static let sha256 = 2
}

extension PublicKey.Kind {
    /// The number of the algorithm in an SSHFP record.
    fileprivate var sshfpAlgorithm: Int? {
        switch self {
        case .rsa: 1
        case .ecdsaP256, .ecdsaP384, .ecdsaP521: 3
        case .ed25519: 4
        case .securityKeyEd25519, .securityKeyECDSA: nil
        }
    }
}
