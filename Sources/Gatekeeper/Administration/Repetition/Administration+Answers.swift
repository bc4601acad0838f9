import Logging
import SessionLink
package import SubuserStore
import WireFormat

/// Whether a request was answered before.
package enum Repetition: Sendable {
    case new
    /// The same request, and what it was answered.
    case same(KeptAnswer)
    /// Another request under the same key.
    case another
}

extension Administration {
    /// Looks for the answer to a request that may have been made before; `body` is what it said,
    /// byte for byte.
    package func repetition(
        of request: RepeatableRequest,
        body: [UInt8]
    ) async throws(AdministrationError) -> Repetition {
        let kept = try await asking { store throws(StoreError) in
            try await store.keptAnswer(to: request, now: .now)
        }
        guard let kept else { return .new }
        let digest = BodyDigest(of: body)
        if kept.bodyHash == "\(digest)" { return .same(kept) }
        let isSame = await hasher.verify(digest.secret, against: kept.bodyHash)
        return isSame ? .same(kept) : .another
    }

    /// Keeps what a request was answered, so that it is not done again.
    ///
    /// The change has happened by now; a store that cannot keep the answer at this moment is no
    /// reason to say that it has not.
    ///
    /// A body that `holdsSecret`, a password, might be guessed. With a fast hash of it whoever has
    /// the store could try, so it gets a slow one.
    package func keep(
        _ status: Int,
        _ content: [UInt8],
        to request: RepeatableRequest,
        body: [UInt8],
        holdsSecret: Bool
    ) async {
        let digest = BodyDigest(of: body)
        do throws(AdministrationError) {
            let hash = holdsSecret ? try await hasher.hash(.plain(digest.secret)) : "\(digest)"
            let answer = KeptAnswer(bodyHash: hash, status: status, content: content)
            try await asking { store throws(StoreError) in
                try await store.keep(answer, to: request, now: .now)
            }
        } catch {
            logger.error("an answer cannot be kept", metadata: ["error": "\(error)"])
        }
    }
}

extension BodyDigest {
    fileprivate var secret: Secret { Secret(ByteString(description)) }
}
