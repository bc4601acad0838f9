package import AccessControl

/// What one person may do on one server, as it was at one moment.
package struct Standing: Hashable, Sendable {
    /// Where it comes from.
    package enum Role: String, CaseIterable, Sendable {
        case administrator
        case owner
        case subuser
        case delegate
    }

    package var server: Server
    /// The strongest of the person's roles there.
    package var role: Role
    package var authority: Authority

    package init(server: Server, role: Role, authority: Authority) {
        self.server = server
        self.role = role
        self.authority = authority
    }
}

/// Who makes a change on behalf of themselves, and by which rule that is decided.
package struct AssignmentCheck: Sendable {
    package var actor: UserID
    package var rule: AssignmentRule

    package init(actor: UserID, rule: AssignmentRule) {
        self.actor = actor
        self.rule = rule
    }
}
