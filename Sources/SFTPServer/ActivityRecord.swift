import AccessControl

/// What was done and denied and has not been fetched yet.
struct ActivityRecord {
    private var activities: [FileActivity] = []
    /// The denial recorded last, as long as nothing else came after it.
    private var lastDenial: FileActivity?

    /// Records something done, if it is of the kind that is kept.
    mutating func add(_ activity: FileActivity) {
        guard activity.operation.activityEvent != nil else { return }
        lastDenial = nil
        activities.append(activity)
    }

    /// Records a denial of any operation; the same one again and again counts once.
    mutating func addDenial(_ activity: FileActivity) {
        guard activity != lastDenial else { return }
        lastDenial = activity
        activities.append(activity)
    }

    /// Hands over what has been recorded since the last call.
    mutating func take() -> [FileActivity] {
        defer { activities.removeAll() }
        return activities
    }
}
