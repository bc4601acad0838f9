import AccessControl
import SessionLink
import SubuserStore

extension RevocationBeginning.Begun {
    /// The record of one that is to be done.
    var new: RevocationRecord? {
        switch self {
        case .new(let record): record
        case .known: nil
        }
    }
}

extension RevocationRecord {
    /// What the gate is told; nil where another version wrote something that has no meaning here.
    var order: RevocationOrder? {
        RevocationSelector(job.selector).map { selector in
            RevocationOrder(
                selector: selector,
                reason: job.reason ?? Administration.defaultReason,
                job: job.id
            )
        }
    }
}

extension ActivityEntry {
    /// A revocation that is done.
    static func revocation(_ record: RevocationRecord) -> ActivityEntry {
        let job = RevocationJob(record)
        var entry = ActivityEntry(
            .revoke,
            properties: ["job": .text("\(job.id)")]
        )
        entry.actor = job.actor
        entry.properties["revoked"] = job.outcome?.counts
        entry.properties["reason"] = job.reason.map { .text($0) }
        if job.isResumed { entry.properties["resumed"] = true }
        entry.name(job.selector)
        return entry
    }

    /// Names what a selector names.
    private mutating func name(_ selector: [String: JSONValue]) {
        userID = selector["user"]?.text.flatMap { UserID($0) }
        serverID = selector["server"]?.text.flatMap { ServerID($0) }
        session = selector["session"]?.text
        for name in ["servers", "key", "all"] { properties[name] = selector[name] }
    }
}
