package import AccessControl

/// What the gate knows: people, their keys, servers, subusers, and what happened.
///
/// Every method is one transaction. Whatever a method that changes something has answered is on the
/// disk, and every reading that begins later sees it.
package protocol AccessStore: Sendable {
    // MARK: Sign-in

    // These block for the time of a few reads in memory, and never for another's writing: they
    // are called on the gate's own thread.

    /// What the user of this name, in any case, can sign in with; nil when there is none.
    func signInCredentials(userName: String) throws(StoreError) -> SignInCredentials?

    /// One consistent reading of a user, a server and what ties them.
    ///
    /// The server is named by its short id or its UUID. Nil when either does not exist.
    func access(userName: String, server: String) throws(StoreError) -> AccessRecord?

    // MARK: Users and keys

    /// Every user, ordered by name.
    func users() async throws(StoreError) -> [User]

    /// - Throws: `notFound`.
    func user(_ reference: UserReference) async throws(StoreError) -> User

    /// - Throws: `alreadyExists`.
    func addUser(_ user: NewUser) async throws(StoreError) -> User

    /// - Throws: `notFound`, `alreadyExists`.
    func changeUser(_ id: UserID, _ edit: UserEdit) async throws(StoreError) -> UserChange

    /// Removes a user with their keys and assignments, and answers what they were.
    ///
    /// - Throws: `notFound`, `ownsServers`.
    func removeUser(_ id: UserID) async throws(StoreError) -> User

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
    func removeServer(_ id: ServerID) async throws(StoreError) -> Server

    /// A server's subusers, ordered by user name.
    ///
    /// - Throws: `notFound`.
    func subusers(of server: ServerID) async throws(StoreError) -> [Subuser]

    /// - Throws: `notFound`.
    func subuser(_ user: UserID, on server: ServerID) async throws(StoreError) -> Subuser

    /// - Throws: `notFound`, `alreadyExists`, `ownerAsSubuser`.
    func addSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet
    ) async throws(StoreError) -> Subuser

    /// Replaces a subuser's permissions; an equal set changes nothing.
    ///
    /// - Throws: `notFound`.
    func changeSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet
    ) async throws(StoreError) -> SubuserChange

    /// - Throws: `notFound`.
    func removeSubuser(_ user: UserID, on server: ServerID) async throws(StoreError) -> Subuser

    // MARK: Activity

    /// Keeps entries, all of them or none.
    func record(_ entries: [ActivityEntry]) async throws(StoreError)

    /// One page of what happened, the newest first.
    func activity(_ query: ActivityQuery) async throws(StoreError) -> ActivityPage
}
