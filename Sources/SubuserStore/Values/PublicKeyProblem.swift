/// Why a line is not a public key that may sign somebody in.
package enum PublicKeyProblem: Error, Hashable {
    case notAKey
    case tooLong
    case severalLines
    case privateKey
    case dsa
    case certificate
    case unsupportedType
    case notBase64
    case typeMismatch
    case malformed
    case shortRSA(bits: Int)
}

extension PublicKeyProblem: CustomStringConvertible {
    /// One sentence that says what would be right.
    package var description: String {
        switch self {
        case .notAKey:
            "This is not a public key; give one line as in a .pub file, for instance 'ssh-ed25519 "
                + "AAAA… comment'."
        case .tooLong:
            "A public key's line has at most \(PublicKey.maximumLineLength) bytes."
        case .severalLines: "Give one public key at a time, on one line."
        case .privateKey:
            "This is a private key, which must stay with its owner; give the .pub file instead, "
                + "and consider making a new key."
        case .dsa: "DSA keys are too weak; make an ssh-ed25519 key."
        case .certificate: "Certificates are not supported; give the plain public key."
        case .unsupportedType:
            "This key type is not supported; supported are "
                + PublicKey.Kind.allCases.map(\.rawValue).joined(separator: ", ") + "."
        case .notBase64: "The key is damaged: its second field is not Base64."
        case .typeMismatch: "The key is damaged: its type and its content disagree."
        case .malformed: "The key is damaged: its content is not complete."
        case .shortRSA(let bits):
            "An RSA key needs at least \(PublicKey.minimumRSABits) bits, this one has \(bits); "
                + "make an ssh-ed25519 key."
        }
    }
}
