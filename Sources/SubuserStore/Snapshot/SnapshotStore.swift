/// A store that can be read and replaced as a whole.
package protocol SnapshotStore: Sendable {
    /// Everything that decides about access, as it was at one moment.
    func snapshot() async throws(StoreError) -> Snapshot

    /// Makes the store equal to `snapshot`, all of it or nothing, and answers what that changed.
    ///
    /// What is the same keeps its times. Invitations are not part of a snapshot: those to servers
    /// that are gone go with them, and those of an address that gets an account by this have
    /// nothing to wait for any more. Second factors and app passwords are no part of it either: they
    /// stay with their users and servers. A trial does everything and takes it back at the end.
    func replaceContents(
        with snapshot: Snapshot,
        isTrial: Bool
    ) async throws(StoreError) -> SnapshotDifference
}
