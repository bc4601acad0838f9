import WireFormat

/// The content of a public key's blob, looked at far enough to know that it is one.
enum PublicKeyBlob {
    /// The size in bits of the key of `kind` that `blob` is, complete and nothing more.
    static func check(_ blob: [UInt8], kind: PublicKey.Kind) throws(PublicKeyProblem) -> Int {
        let bits: Int
        do throws(WireError) {
            bits = try read(blob, kind: kind)
        } catch {
            switch error {
            case .invalid(field: typeField): throw .typeMismatch
            case .invalid, .truncated, .tooLong, .trailingBytes: throw .malformed
            }
        }
        guard kind == .rsa else { return bits }
        guard bits >= PublicKey.minimumRSABits else { throw .shortRSA(bits: bits) }
        guard bits <= PublicKey.maximumRSABits else { throw .malformed }
        return bits
    }

    private static let typeField = "key type"
    private static let fieldLimit = 4096

    /// The size of an RSA modulus or of a curve's field in bits, as OpenSSH counts them.
    private static func read(_ blob: [UInt8], kind: PublicKey.Kind) throws(WireError) -> Int {
        var reader = WireReader(blob.span)
        guard try reader.string(typeField, limit: fieldLimit) == ByteString(kind.rawValue) else {
            throw .invalid(field: typeField)
        }
        let bits: Int
        switch kind {
        case .ed25519:
            bits = 256
            try exactly(32, from: &reader)
        case .securityKeyEd25519:
            bits = 256
            try exactly(32, from: &reader)
            _ = try reader.string("application", limit: fieldLimit)
        case .ecdsaP256:
            bits = 256
            try point(curve: "nistp256", size: 32, from: &reader)
        case .ecdsaP384:
            bits = 384
            try point(curve: "nistp384", size: 48, from: &reader)
        case .ecdsaP521:
            bits = 521
            try point(curve: "nistp521", size: 66, from: &reader)
        case .securityKeyECDSA:
            bits = 256
            try point(curve: "nistp256", size: 32, from: &reader)
            _ = try reader.string("application", limit: fieldLimit)
        case .rsa:
            let exponent = try positiveInteger("exponent", from: &reader)
            guard let last = exponent.last, last & 1 == 1, exponent != [1] else {
                throw .invalid(field: "exponent")
            }
            let modulus = try positiveInteger("modulus", from: &reader)
            bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        }
        try reader.finish()
        return bits
    }

    private static func exactly(_ count: Int, from reader: inout WireReader) throws(WireError) {
        guard try reader.string("key", limit: fieldLimit).count == count else {
            throw .invalid(field: "key")
        }
    }

    /// An uncompressed point on a named curve (RFC 5656 section 3.1).
    private static func point(
        curve: String,
        size: Int,
        from reader: inout WireReader
    ) throws(WireError) {
        guard try reader.string("curve", limit: fieldLimit) == ByteString(curve) else {
            throw .invalid(field: "curve")
        }
        let point = try reader.string("point", limit: fieldLimit)
        guard point.count == 1 + 2 * size, point.bytes.first == 4 else {
            throw .invalid(field: "point")
        }
    }

    /// The bytes of a positive `mpint`, without its sign byte (RFC 4251 section 5).
    private static func positiveInteger(
        _ field: String,
        from reader: inout WireReader
    ) throws(WireError) -> ArraySlice<UInt8> {
        let bytes = try reader.string(field, limit: fieldLimit).bytes
        guard let first = bytes.first, first < 0x80 else { throw .invalid(field: field) }
        guard first == 0 else { return bytes[...] }
        // A zero byte may only be there to keep the number positive.
        guard bytes.count > 1, bytes[1] >= 0x80 else { throw .invalid(field: field) }
        return bytes.dropFirst()
    }
}
