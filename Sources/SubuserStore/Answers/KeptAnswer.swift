import Crypto

/// A request that can be recognised when it comes again.
package struct RepeatableRequest: Hashable, Sendable {
    package let key: IdempotencyKey
    package let method: String
    /// The path as the caller wrote it.
    package let path: String

    package init(key: IdempotencyKey, method: String, path: String) {
        self.key = key
        self.method = method
        self.path = path
    }
}

/// What a request was answered, kept for when it comes again.
package struct KeptAnswer: Equatable, Sendable {
    /// How long it is kept, in milliseconds.
    package static let lifetime: Int64 = 24 * 60 * 60 * 1000

    /// By what the request's body is recognised: a hash, which tells nobody what was in it.
    package let bodyHash: String
    /// The HTTP status.
    package let status: Int
    /// The content as it went over the wire.
    package let content: [UInt8]

    package init(bodyHash: String, status: Int, content: [UInt8]) {
        self.bodyHash = bodyHash
        self.status = status
        self.content = content
    }
}

/// The SHA-256 of a request's body, in hexadecimal digits.
package struct BodyDigest: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(of body: some Sequence<UInt8>) {
        description = SHA256.hash(data: Array(body)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
