import LinuxSystem

/// A moment in time: milliseconds since 1970, in UTC.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The moment `seconds` after the start of 1970.
    package init(secondsSince1970 seconds: Double) {
        milliseconds = Int64(exactly: (seconds * 1000).rounded()) ?? 0
    }

    /// This moment.
    package static var now: Timestamp {
        Timestamp(secondsSince1970: WallClock.secondsSince1970)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
