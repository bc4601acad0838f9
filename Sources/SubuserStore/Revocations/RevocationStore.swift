/// A store that keeps revocations: what was asked before it is done, and what came of it.
package protocol RevocationStore: Sendable {
    /// Records revocations, all of them or none.
    func beginRevocations(
        _ new: [NewRevocation]
    ) async throws(StoreError) -> RevocationBeginning

    /// Records what came of revocations; one that has ended before stays as it is.
    func endRevocations(
        _ ends: [RevocationJobID: RevocationRecord.End]
    ) async throws(StoreError)

    /// Revocations by their ids; what is not known, or was too old to be kept, is not among them.
    func revocations(
        _ ids: Set<RevocationJobID>
    ) async throws(StoreError) -> [RevocationJobID: RevocationRecord]

    /// Every revocation that was begun and has not ended, the oldest first.
    func unfinishedRevocations() async throws(StoreError) -> [RevocationRecord]

    /// The newest revocations, or the newest with a number lower than `number`.
    func revocations(
        before number: Int64?,
        limit: Int
    ) async throws(StoreError) -> RevocationPage

    /// Removes ended revocations of before `time`, the oldest first and at most `limit`; answers
    /// how many.
    func removeRevocations(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

/// Whether revocations are recorded now.
package enum RevocationBeginning: Equatable, Sendable {
    /// They are; what each is, in the order in which they were given.
    case begun([Begun])
    /// Another revocation has the id of the one at this index; none is recorded.
    case reused(index: Int)

    /// What has become of one of them.
    package enum Begun: Equatable, Sendable {
        /// It was recorded just now and is to be done.
        case new(RevocationRecord)
        /// The same was recorded before.
        case known(RevocationRecord)
    }
}
