package import SessionLink

/// Notices a session that works and gets nowhere.
///
/// Processor time is what counts, not the share of a processor: on a busy host a process that spins
/// gets only part of one. A session that waits uses none, and whatever takes long shows its pieces.
package struct SpinWatch: Sendable {
    private var progress = SessionProgress()
    /// The processor time at which the progress was last seen to change.
    private var mark: Int64 = 0

    /// Nothing has been seen yet.
    package init() {}

    /// Milliseconds of processor time that the session has used up since it last got anywhere.
    ///
    /// Both are read at this moment; the time only grows.
    package mutating func look(at progress: SessionProgress, processorTime: Int64) -> Int64 {
        if progress != self.progress {
            self.progress = progress
            mark = processorTime
        }
        return processorTime &- mark
    }
}
