/// Wrong codes of one second factor since the last right one.
///
/// A code has six digits, and three of a million are right at any moment. Whoever has the password
/// and many addresses could try them all: so after a few the next one has to wait, whoever shows it
/// and from wherever (RFC 4226 section 7.3). Only somebody who has proven something can make its
/// owner wait by that, and recovery codes, keys and app passwords are never kept waiting.
struct WrongCodes: Equatable, Sendable {
    private(set) var count = 0
    private(set) var last = Timestamp(milliseconds: 0)

    /// So many cost nothing: a mistyped one, one that was used a moment ago, a clock that is wrong.
    static let free = 5
    /// The longest wait, in milliseconds.
    static let longestWait: Int64 = 3_600_000
    /// After so many milliseconds without one they are forgotten.
    static let memory: Int64 = 86_400_000

    /// None.
    init() {}

    /// What was kept.
    init(count: Int, last: Timestamp) {
        self.count = max(0, count)
        self.last = last
    }

    /// Milliseconds until the next code is looked at; nil where it is at once.
    ///
    /// It is one second after the first beyond those that are free, and twice as long after each.
    func wait(at now: Timestamp) -> Int64? {
        let age = now.milliseconds &- last.milliseconds
        // A last one in the future was noted by a clock that has been set back since.
        guard count >= Self.free, age >= 0, age < Self.memory else { return nil }
        let doublings = min(count - Self.free, 12)
        let wait = min(1000 << Int64(doublings), Self.longestWait)
        return age < wait ? wait - age : nil
    }

    /// One more.
    func adding(at now: Timestamp) -> WrongCodes {
        let age = now.milliseconds &- last.milliseconds
        let known = age >= 0 && age < Self.memory ? count : 0
        return WrongCodes(count: min(known + 1, 1000), last: now)
    }
}
