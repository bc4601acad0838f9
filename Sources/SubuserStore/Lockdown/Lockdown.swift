/// The state of a host on which nobody may sign in.
package struct Lockdown: Hashable, Sendable {
    /// What people are told who would be let in otherwise; nil for a sentence of the gate's own.
    package var text: DisplayName?
    package var since: Timestamp

    package init(text: DisplayName?, since: Timestamp) {
        self.text = text
        self.since = since
    }

    /// What people are told.
    package var message: String {
        text?.description ?? "This host's SFTP service is closed for now; try again later"
    }
}

/// What became of a lockdown.
package struct LockdownChange: Equatable, Sendable {
    package var before: Lockdown?
    package var after: Lockdown?

    /// Whether anything is different.
    package var isChange: Bool { before != after }
}

/// A store that knows whether its host is locked.
package protocol LockdownStore: Sendable {
    /// Nil while the host is open.
    func lockdown() async throws(StoreError) -> Lockdown?

    /// Locks the host, or gives the lockdown there is another text.
    func setLockdown(text: DisplayName?) async throws(StoreError) -> LockdownChange

    /// Opens the host.
    func endLockdown() async throws(StoreError) -> LockdownChange
}
