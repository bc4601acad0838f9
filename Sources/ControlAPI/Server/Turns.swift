/// Lets one at a time pass for each key, in the order in which they came.
actor Turns<Key: Hashable & Sendable> {
    /// Who waits for each key that somebody holds.
    private var waiting: [Key: [CheckedContinuation<Void, Never>]] = [:]

    /// Returns when it is the caller's turn; `pass` ends it.
    func take(_ key: Key) async {
        guard waiting[key] != nil else {
            waiting[key] = []
            return
        }
        await withCheckedContinuation { waiting[key, default: []].append($0) }
    }

    /// Gives the turn to the next, where there is one.
    func pass(_ key: Key) {
        guard var queue = waiting[key], !queue.isEmpty else {
            waiting[key] = nil
            return
        }
        let next = queue.removeFirst()
        waiting[key] = queue
        next.resume()
    }
}
