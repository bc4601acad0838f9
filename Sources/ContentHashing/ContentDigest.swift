import CCrypto

/// Why a hash could not be made.
package enum DigestFailure: Error, Equatable {
    /// The library lacks the algorithm, or the host's policy forbids it.
    case unavailable
    /// The library failed in the middle, for want of memory.
    case failed
}

/// A hash of content that comes in pieces, made by OpenSSL's libcrypto.
@safe package struct ContentDigest: ~Copyable {
    private let context: OpaquePointer
    private let algorithm: OpaquePointer

    /// Begins a hash by the algorithm that OpenSSL knows by `name`, for instance "sha256".
    package init(_ name: String) throws(DigestFailure) {
        guard let algorithm = unsafe EVP_get_digestbyname(name) else { throw .unavailable }
        guard let context = unsafe EVP_MD_CTX_new() else { throw .failed }
        // SAFETY: both pointers are valid, and nobody else knows the context.
        guard unsafe EVP_DigestInit_ex(context, algorithm, nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            throw .unavailable
        }
        unsafe self.context = context
        unsafe self.algorithm = algorithm
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    /// Whether hashes by the algorithm of this name can be made here.
    package static func isAvailable(_ name: String) -> Bool {
        do throws(DigestFailure) {
            _ = try ContentDigest(name)
            return true
        } catch {
            return false
        }
    }

    /// Takes in more content.
    package mutating func append(_ bytes: Span<UInt8>) throws(DigestFailure) {
        // SAFETY: the bytes are lent for the call.
        let result = unsafe bytes.withUnsafeBytes { buffer in
            unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
        }
        guard result == 1 else { throw .failed }
    }

    /// The hash of what was taken in; the next one begins anew.
    package mutating func finish() throws(DigestFailure) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        // SAFETY: the library stores at most EVP_MAX_MD_SIZE bytes and says how many.
        guard unsafe EVP_DigestFinal_ex(context, &digest, &length) == 1,
            unsafe EVP_DigestInit_ex(context, algorithm, nil) == 1
        else { throw .failed }
        digest.removeLast(digest.count - Int(length))
        return digest
    }
}
