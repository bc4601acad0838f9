/// A password that the gate made for one program of a person; the password itself is not kept.
package struct StoredAppPassword: Hashable, Sendable {
    package var id: AppPasswordID
    package var userID: UserID
    /// What its owner calls it; no two of theirs have one name.
    package var name: DisplayName
    /// The one server that it lets in to; nil for all of its owner's.
    package var serverID: ServerID?
    package var createdAt: Timestamp

    /// How many one person may have.
    package static let limit = 100

    package init(
        id: AppPasswordID = .random(),
        userID: UserID,
        name: DisplayName,
        serverID: ServerID?,
        createdAt: Timestamp
    ) {
        self.id = id
        self.userID = userID
        self.name = name
        self.serverID = serverID
        self.createdAt = createdAt
    }
}

/// An app password's UUID.
package typealias AppPasswordID = Identifier<StoredAppPassword>
