/// A revocation that is to be recorded, before anything of it is done.
package struct NewRevocation: Equatable, Sendable {
    package let id: RevocationJobID
    /// What was asked for, by which the same request is recognised when it comes again.
    package let request: [String: JSONValue]
    /// Which sessions it ends, with every name resolved.
    package let selector: [String: JSONValue]
    /// What the clients are told; nil where nothing was said.
    package let reason: String?
    /// Who asked.
    package let actor: String
    package let time: Timestamp

    package init(
        id: RevocationJobID,
        request: [String: JSONValue],
        selector: [String: JSONValue],
        reason: String?,
        actor: String,
        time: Timestamp = .now
    ) {
        self.id = id
        self.request = request
        self.selector = selector
        self.reason = reason
        self.actor = actor
        self.time = time
    }

    /// Whether this is what was asked for, as it was asked for.
    package func isSame(request: [String: JSONValue], reason: String?) -> Bool {
        self.request == request && self.reason == reason
    }
}

/// A revocation as it lies in the store.
package struct RevocationRecord: Equatable, Sendable {
    /// Its place among all of them; later ones have larger numbers.
    package let number: Int64
    package let job: NewRevocation
    /// How it ended; nil while it runs, or when the gate died before it was done.
    package var end: End?

    /// What came of it.
    package struct End: Equatable, Sendable {
        package let time: Timestamp
        /// Whether a gate did it that had not begun it.
        package let isResumed: Bool
        package let outcome: [String: JSONValue]

        package init(time: Timestamp, isResumed: Bool, outcome: [String: JSONValue]) {
            self.time = time
            self.isResumed = isResumed
            self.outcome = outcome
        }
    }

    package init(number: Int64, job: NewRevocation, end: End? = nil) {
        self.number = number
        self.job = job
        self.end = end
    }
}

/// One page of revocations, the newest first.
package struct RevocationPage: Equatable, Sendable {
    package var records: [RevocationRecord]
    /// The number before which the next page begins; nil when there is none.
    package var next: Int64?
}
