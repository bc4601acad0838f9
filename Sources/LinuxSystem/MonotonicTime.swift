import Glibc

/// A moment on the clock that never jumps (CLOCK_MONOTONIC), in milliseconds.
package struct MonotonicTime: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// This moment.
    package static var now: MonotonicTime {
        var time = timespec()
        // SAFETY: the structure lives across the call.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(
            milliseconds: Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000
        )
    }

    /// The moment `milliseconds` later.
    package func advanced(by milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(milliseconds: self.milliseconds &+ milliseconds)
    }

    /// Milliseconds from `earlier` to this moment.
    package func since(_ earlier: MonotonicTime) -> Int64 {
        milliseconds &- earlier.milliseconds
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

/// A moment on the calendar (CLOCK_REALTIME).
package enum WallClock {
    /// Seconds since 1970, with a fraction; it can jump.
    package static var secondsSince1970: Double {
        var time = timespec()
        // SAFETY: the structure lives across the call.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
