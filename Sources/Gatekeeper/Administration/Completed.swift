/// A change that is stored, with what it ended.
package struct Completed<Value: Sendable>: Sendable {
    /// What is there now, or was there until it was deleted.
    package let value: Value
    /// The sessions that were found and ended because of it.
    package let revocation: RevocationOutcome
    /// Permission names that mean nothing here and were left out.
    package let droppedPermissions: [String]

    init(
        _ value: Value,
        revocation: RevocationOutcome = RevocationOutcome(),
        droppedPermissions: [String] = []
    ) {
        self.value = value
        self.revocation = revocation
        self.droppedPermissions = droppedPermissions
    }

    /// The same change, told of another way.
    func map<Other: Sendable>(_ transform: (Value) -> Other) -> Completed<Other> {
        Completed<Other>(
            transform(value),
            revocation: revocation,
            droppedPermissions: droppedPermissions
        )
    }
}

extension RevocationOutcome {
    /// The outcome of two revocations that were made one after the other.
    func followed(by next: RevocationOutcome) -> RevocationOutcome {
        RevocationOutcome(
            found: found + next.found,
            endedByGoodbye: endedByGoodbye + next.endedByGoodbye,
            endedByKill: endedByKill + next.endedByKill,
            pending: pending + next.pending,
            milliseconds: milliseconds + next.milliseconds,
            sessions: sessions + next.sessions
        )
    }
}
