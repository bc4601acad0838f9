package import AccessControl

/// What the gate knows: people, their keys, servers, subusers, and what happened.
///
/// Every method is one transaction. Whatever a method that changes something has answered is on the
/// disk, and every reading that begins later sees it.
package protocol AccessStore: SnapshotStore, AnswerStore, LockdownStore, RevocationStore,
    PenaltyStore, SignInStore
{
    // MARK: Sign-in

    // These block for the time of a few reads in memory, and never for another's writing: they
    // are called on the gate's own thread.

    /// What the user of this name, in any case, can sign in with; nil when there is none.
    func signInCredentials(userName: String) throws(StoreError) -> SignInCredentials?

    /// One consistent reading of a user, a server and what ties them.
    ///
    /// The server is named by its short id or its UUID. Nil when either does not exist.
    func access(userName: String, server: String) throws(StoreError) -> AccessRecord?

    /// The same reading for a user and a server that are known already.
    func access(of user: UserID, on server: ServerID) throws(StoreError) -> AccessRecord?

    /// Whether another program has changed the store since this was last asked.
    func wasChangedElsewhere() async throws(StoreError) -> Bool

    // MARK: Users and keys

    /// Every user, ordered by name.
    func users() async throws(StoreError) -> [User]

    /// - Throws: `notFound`.
    func user(_ reference: UserReference) async throws(StoreError) -> User

    /// Adds a user, and turns the invitations of their address into assignments.
    ///
    /// - Throws: `alreadyExists`.
    func addUser(_ user: NewUser) async throws(StoreError) -> SavedUser

    /// Changes a user, and turns the invitations of a new address into assignments.
    ///
    /// One to a server that they own, or on which they are a subuser, is withdrawn.
    ///
    /// - Throws: `notFound`, `alreadyExists`.
    func changeUser(_ id: UserID, _ edit: UserEdit) async throws(StoreError) -> UserChange

    /// Puts one hash of a user's password in the place of another; false where that is not stored.
    ///
    /// That is no change of the user: it is for hashes of the same password.
    func replacePasswordHash(
        _ stored: String,
        of user: UserID,
        by successor: String
    ) async throws(StoreError) -> Bool

    /// Removes a user with their keys, assignments and delegations, and answers what they were.
    ///
    /// - Throws: `notFound`, `ownsServers`.
    func removeUser(_ id: UserID) async throws(StoreError) -> RemovedUser

    /// A user's keys, oldest first.
    ///
    /// - Throws: `notFound`.
    func keys(of user: UserID) async throws(StoreError) -> [StoredKey]

    /// - Throws: `notFound`, `alreadyExists`.
    func addKey(
        _ key: PublicKey,
        name: DisplayName?,
        of user: UserID
    ) async throws(StoreError) -> StoredKey

    /// Adds a key, or gives it another name; an equal one changes nothing.
    ///
    /// Without a name a new key gets its comment as one, where that can be a name, and one that
    /// is there keeps its own.
    ///
    /// - Throws: `notFound`.
    func putKey(
        _ key: PublicKey,
        name: DisplayName?,
        of user: UserID
    ) async throws(StoreError) -> KeyChange

    /// - Throws: `notFound`.
    func removeKey(
        _ fingerprint: KeyFingerprint,
        of user: UserID
    ) async throws(StoreError) -> StoredKey

    // MARK: Servers and subusers

    /// Every server, ordered by name.
    func servers() async throws(StoreError) -> [Server]

    /// - Throws: `notFound`.
    func server(_ reference: ServerReference) async throws(StoreError) -> Server

    /// - Throws: `notFound` for the owner, `alreadyExists`.
    func addServer(_ server: NewServer) async throws(StoreError) -> Server

    /// Changes a server; whoever becomes its owner stops being its subuser.
    ///
    /// - Throws: `notFound`, `alreadyExists`.
    func changeServer(_ id: ServerID, _ edit: ServerEdit) async throws(StoreError) -> ServerChange

    /// Removes a server with its assignments, and answers what it was; its files stay.
    ///
    /// - Throws: `notFound`.
    func removeServer(_ id: ServerID) async throws(StoreError) -> RemovedServer

    /// A server's subusers, ordered by user name.
    ///
    /// - Throws: `notFound`.
    func subusers(of server: ServerID) async throws(StoreError) -> [Subuser]

    /// - Throws: `notFound`.
    func subuser(_ user: UserID, on server: ServerID) async throws(StoreError) -> Subuser

    // A check decides in the same transaction, for somebody in whose name it is asked; nil is the
    // panel itself, which may do everything. What they may not do is `refused`, and a server that
    // they cannot see is `notFound`.

    /// - Throws: `notFound`, `alreadyExists`, `ownerAsSubuser`, `refused`.
    func addSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Subuser

    /// Replaces a subuser's permissions; an equal set changes nothing.
    ///
    /// - Throws: `notFound`, `refused`.
    func changeSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> SubuserChange

    /// - Throws: `notFound`, `refused`.
    func removeSubuser(
        _ user: UserID,
        on server: ServerID,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Subuser

    // MARK: Invitations

    /// A server's invitations that have not expired, ordered by address.
    ///
    /// - Throws: `notFound`.
    func invitations(to server: ServerID) async throws(StoreError) -> [Invitation]

    /// Invites an address that nobody has.
    ///
    /// - Throws: `notFound`, `alreadyExists` of the invitation, or of the address where a user has
    ///   it by now; `refused`.
    func addInvitation(
        of email: Email,
        to server: ServerID,
        permissions: PermissionSet,
        expiresAt: Timestamp,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Invitation

    /// Replaces what an invitation promises; an equal set changes nothing.
    ///
    /// - Throws: `notFound`, `refused`.
    func changeInvitation(
        _ id: InvitationID,
        to server: ServerID,
        permissions: PermissionSet,
        check: AssignmentCheck?
    ) async throws(StoreError) -> InvitationChange

    /// - Throws: `notFound`, `refused`.
    func removeInvitation(
        _ id: InvitationID,
        to server: ServerID,
        check: AssignmentCheck?
    ) async throws(StoreError) -> Invitation

    // MARK: Delegations and standing

    /// What an owner has delegated, ordered by user name.
    ///
    /// - Throws: `notFound`.
    func delegations(by owner: UserID) async throws(StoreError) -> [Delegation]

    /// For whom a user may act, ordered by owner.
    ///
    /// - Throws: `notFound`.
    func delegations(to user: UserID) async throws(StoreError) -> [Delegation]

    /// Lets a user act on all servers of an owner; an equal set changes nothing.
    ///
    /// - Throws: `notFound`, `ownDelegation`.
    func setDelegation(
        by owner: UserID,
        to user: UserID,
        permissions: PermissionSet
    ) async throws(StoreError) -> DelegationChange

    /// - Throws: `notFound`.
    func removeDelegation(
        by owner: UserID,
        to user: UserID
    ) async throws(StoreError) -> DelegationChange

    /// What a user may do on a server; nil when either does not exist or it is not shared with them.
    func standing(
        of user: UserID,
        on server: ServerReference
    ) async throws(StoreError) -> Standing?

    /// Every server on which a user may do anything, ordered by its name.
    ///
    /// - Throws: `notFound`.
    func standings(of user: UserID) async throws(StoreError) -> [Standing]

    // MARK: Activity

    /// Keeps new entries and what has become of earlier ones, all of it or nothing.
    ///
    /// Answers the ids of the new ones, in their order. A changed entry keeps its id, and whoever
    /// reads on from a position is told of it again; one that is gone is left out.
    func record(
        _ new: [ActivityEntry],
        changed: [ActivityRecord]
    ) async throws(StoreError) -> [Int64]

    /// Records the end of every session that has a beginning in the record, no end, and no gate
    /// that could still end it; answers how many there were.
    ///
    /// `entry` makes what is recorded. A session gets it once, whoever asks and however often.
    func endLostSessions(
        with entry: @escaping @Sendable (LostSession) -> ActivityEntry
    ) async throws(StoreError) -> Int

    /// One page of what happened.
    func activity(_ query: ActivityQuery) async throws(StoreError) -> ActivityPage

    /// Removes entries of before `time`, the oldest first and at most `limit`; answers how many.
    func removeActivity(before time: Timestamp, limit: Int) async throws(StoreError) -> Int
}

extension AccessStore {
    /// Keeps entries, all of them or none.
    package func record(_ entries: [ActivityEntry]) async throws(StoreError) {
        _ = try await record(entries, changed: [])
    }
}
