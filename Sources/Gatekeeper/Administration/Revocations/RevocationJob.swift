package import SubuserStore

/// A revocation with what has become of it.
package struct RevocationJob: Sendable {
    package let id: RevocationJobID
    /// Its place among all of them, later ones having larger numbers; nil for one that could not
    /// be recorded, which cannot be repeated or listed.
    package let number: Int64?
    /// Which sessions it means, as `RevocationSelector` writes itself.
    package let selector: [String: JSONValue]
    /// What the clients are told; nil where nothing was said.
    package let reason: String?
    /// Who asked for it.
    package let actor: String
    package let createdAt: Timestamp
    /// Nil while it runs.
    package let endedAt: Timestamp?
    /// Whether a gate did it that had not begun it.
    package let isResumed: Bool
    /// Nil while it runs.
    package let outcome: RevocationOutcome?
    /// Whether it is told again to one who has asked before.
    package let isRepeated: Bool

    init(_ record: RevocationRecord, isRepeated: Bool = false, isRecorded: Bool = true) {
        id = record.job.id
        number = isRecorded ? record.number : nil
        selector = record.job.selector
        reason = record.job.reason
        actor = record.job.actor
        createdAt = record.job.time
        endedAt = record.end?.time
        isResumed = record.end?.isResumed ?? false
        outcome = record.end.map { RevocationOutcome(record: $0.outcome) ?? RevocationOutcome() }
        self.isRepeated = isRepeated
    }
}

/// One page of revocations, the newest first.
package struct RevocationJobPage: Sendable {
    package let jobs: [RevocationJob]
    /// The number before which the next page begins; nil when there is none.
    package let next: Int64?
}
