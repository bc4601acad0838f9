import WireFormat

/// A public key that may sign somebody in, read from a line as `authorized_keys` has it.
package struct PublicKey: Hashable, Sendable {
    /// The key types accepted (RFC 4253, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f).
    package enum Kind: String, CaseIterable, Sendable {
        case ed25519 = "ssh-ed25519"
        case ecdsaP256 = "ecdsa-sha2-nistp256"
        case ecdsaP384 = "ecdsa-sha2-nistp384"
        case ecdsaP521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
        case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
        case securityKeyECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"

        /// A key of this type as a line of a .pub file, without a comment.
        func line(of blob: [UInt8]) -> String { "\(rawValue) \(Base64.encode(blob))" }
    }

    /// The least modulus of an RSA key, in bits.
    package static let minimumRSABits = 2048
    /// The largest, in bits: what OpenSSH takes.
    package static let maximumRSABits = 16384
    /// The longest line read, in bytes.
    package static let maximumLineLength = 8192

    package let kind: Kind
    /// The key as it travels in the protocol (RFC 4253 section 6.6).
    package let blob: [UInt8]
    /// Its size in bits, as OpenSSH counts them.
    package let bits: Int
    /// What follows the key on its line; empty when there is nothing.
    package let comment: String

    /// Reads `type base64 [comment]`, without options before the type.
    ///
    /// - Throws: `publicKey` with what is wrong.
    package init(_ line: String) throws(InvalidValue) {
        do throws(PublicKeyProblem) {
            try self.init(parsing: line)
        } catch {
            throw .publicKey(error)
        }
    }

    /// The line of a .pub file, without a comment.
    package var line: String { kind.line(of: blob) }

    /// The hash that names the key.
    package var fingerprint: KeyFingerprint { KeyFingerprint(ofBlob: blob) }

    private init(parsing line: String) throws(PublicKeyProblem) {
        guard line.utf8.count <= Self.maximumLineLength else { throw .tooLong }
        if line.contains("PRIVATE KEY-----") { throw .privateKey }
        let text = line.drop(while: \.isWhitespace)
        let trimmed = text.reversed().drop(while: \.isWhitespace).reversed()
        guard !trimmed.contains(where: \.isNewline) else { throw .severalLines }
        let fields = trimmed.split(maxSplits: 2, whereSeparator: \.isWhitespace).map { String($0) }
        guard fields.count >= 2 else { throw .notAKey }
        if fields[0] == "ssh-dss" { throw .dsa }
        if fields[0].contains("-cert-v0") { throw .certificate }
        guard let kind = Kind(rawValue: fields[0]) else { throw .unsupportedType }
        guard let blob = Base64.decode(fields[1]) else { throw .notBase64 }
        self.kind = kind
        self.blob = blob
        comment = fields.count == 3 ? String(fields[2].drop(while: \.isWhitespace)) : ""
        bits = try PublicKeyBlob.check(blob, kind: kind)
    }
}
