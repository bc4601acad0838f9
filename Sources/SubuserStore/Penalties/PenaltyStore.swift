package import Admission

/// A store that keeps over a restart who is kept out.
///
/// Every row has the moment at which it was saved, and else only times that had passed or remained
/// then. So a calendar that is set back meanwhile makes nothing longer than it was when it was
/// saved, and one that is set forward ends what ends.
package protocol PenaltyStore: Sendable {
    /// Everything that is kept, as of `time`.
    ///
    /// A row that cannot be read is removed and named; it costs no other.
    func penalties(at time: Timestamp) async throws(StoreError) -> KeptPenalties

    /// Keeps what has changed; what belongs to nobody any more is left out.
    func savePenalties(_ changes: PenaltyChanges, at time: Timestamp) async throws(StoreError)

    /// Removes all penalties and known sources that were not saved at this very moment.
    func removePenalties(notSavedAt time: Timestamp) async throws(StoreError)

    /// Keeps bans, in place of those of the same ranges.
    func setBans(_ bans: [BanReport], at time: Timestamp) async throws(StoreError)

    /// Removes the bans of these very ranges, and the penalties of these sources.
    func removeBans(
        _ ranges: [AddressRange],
        penaltiesOf sources: [Source]
    ) async throws(StoreError)
}

/// What was kept.
package struct KeptPenalties: Sendable {
    package var snapshot = PenaltySnapshot()
    /// The rows that could not be read, as they were; they are gone.
    package var damaged: [String] = []
}

/// The time since a row was saved, as the calendar tells it.
struct SavedAge {
    private let milliseconds: Int64

    /// A calendar that was set back counts as no time passed.
    init(from saved: Int64, to now: Int64) {
        let (difference, overflow) = now.subtractingReportingOverflow(saved)
        milliseconds = overflow ? (saved < 0 ? .max : 0) : max(0, difference)
    }

    /// What is left now of what remained then; not above zero where it is over.
    func left(of remaining: Int64) -> Int64 {
        let (left, overflow) = remaining.subtractingReportingOverflow(milliseconds)
        return overflow ? 0 : left
    }

    /// How old something is that was so old then.
    func added(to age: Int64) -> Int64 {
        let (sum, overflow) = age.addingReportingOverflow(milliseconds)
        return overflow ? .max : sum
    }
}
