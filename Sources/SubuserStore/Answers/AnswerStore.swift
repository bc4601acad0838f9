/// A store that keeps answers for requests that come again.
package protocol AnswerStore: Sendable {
    /// What this request was answered; nil when it is not known, or too old.
    func keptAnswer(
        to request: RepeatableRequest,
        now: Timestamp
    ) async throws(StoreError) -> KeptAnswer?

    /// Keeps an answer, and forgets those that are too old.
    func keep(
        _ answer: KeptAnswer,
        to request: RepeatableRequest,
        now: Timestamp
    ) async throws(StoreError)
}
