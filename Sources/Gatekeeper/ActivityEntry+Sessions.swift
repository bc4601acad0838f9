import AccessControl
import SessionLink
import SubuserStore
extension ActivityEntry {
    static func login(identity: SessionIdentity, session: SessionSummary, now: Double) -> ActivityEntry { fatalError() }
    static func logout(identity: SessionIdentity, session: SessionSummary, reason: String, now: Double) -> ActivityEntry { fatalError() }
    init?(_ activity: FileActivity, identity: SessionIdentity, session: SessionID, peer: String, recordsReads: Bool) { return nil }
}
