import AccessControl
import Logging
import SessionLink
import SubuserStore

extension Gate {
    package func review(
        _ selector: RevocationSelector,
        reason: String,
        gained: GainedRights
    ) async -> RevocationOutcome {
        // As in `revoke`: from here to the end of `end`'s first step nothing else runs on the gate,
        // and what is read here is what any later sign-in would be decided on.
        let found = registry.matching(selector).filter { !stands($0, gained: gained) }
        let order = RevocationOrder(selector: selector, reason: reason)
        return await end([(order, found)]).first ?? RevocationOutcome()
    }

    /// Ends every session that the store would not let in any more just as it is.
    ///
    /// For changes that came from elsewhere, which nobody told the gate of. What a change made here
    /// has stored a moment ago is still about to be told: so of two looks, a second apart, both
    /// must find the difference, unless it is `known` that somebody else has changed the store.
    package func heal(known: Bool) async -> RevocationOutcome {
        let first = Set(differences().keys)
        guard !first.isEmpty else { return RevocationOutcome() }
        if !known {
            try? await Task.sleep(for: Self.secondLook)
        }
        let found = differences().filter { first.contains($0.key) }
        for (id, difference) in found {
            guard let process = sessions[id] else { continue }
            var metadata = metadata(of: process)
            metadata["difference"] = "\(difference)"
            logger.warning("session does not agree with the store", metadata: metadata)
        }
        let order = RevocationOrder(
            selector: .sessions(Set(found.keys)),
            reason: "Your access was changed"
        )
        return await end([(order, Array(found.keys))]).first ?? RevocationOutcome()
    }

    private static let secondLook = Duration.seconds(1)

    /// The sessions that are signed in and not told to end, whose access is another one now.
    private func differences() -> [SessionID: String] {
        var differences: [SessionID: String] = [:]
        for (id, process) in sessions where process.granted != nil && process.dismissal == nil {
            switch review(of: process) {
            case .unchanged?, nil: break
            case .lost(let difference)?: differences[id] = difference
            case .grown(let rights)?:
                differences[id] = "the rights are \(rights)"
            }
        }
        return differences
    }

    /// Whether a session may go on, with the rights that it has or with more.
    private func stands(_ id: SessionID, gained: GainedRights) -> Bool {
        // Whoever has been granted nothing has nothing that could be another thing now.
        guard let process = sessions[id], process.granted != nil else { return true }
        switch review(of: process) {
        case nil: return false
        case .unchanged?: return true
        case .lost?: return false
        case .grown(let rights)?:
            switch gained {
            case .revoke: return false
            case .keep: return widen(process, to: rights)
            }
        }
    }

    /// Decides anew what a session was granted; nil for one that cannot be decided about.
    func review(of process: SessionProcess) -> AccessReview? {
        guard let identity = process.identity, let granted = process.granted else { return nil }
        do throws(StoreError) {
            let access = try store.access(of: identity.userID, on: identity.serverID)
            var granted = granted
            granted.proofs = renewed.current(granted.proofs, beside: access?.user.passwordHash)
            return AccessReview(of: granted, access, rules: options.signIn)
        } catch {
            logger.error("the store cannot be read", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Gives a session more rights than it has; false when it does not take them.
    private func widen(_ process: SessionProcess, to rights: FileRights) -> Bool {
        // One that is told to end already ends.
        guard process.dismissal == nil, process.send(.rights(rights)) else { return false }
        process.granted?.rights = rights
        change(process) { $0.rights = rights }
        var metadata = metadata(of: process)
        metadata["rights"] = "\(rights)"
        logger.info("rights gained", metadata: metadata)
        return true
    }
}
