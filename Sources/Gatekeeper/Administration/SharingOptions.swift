package import AccessControl

/// How this host handles other people's access, as its configuration says.
package struct SharingOptions: Sendable {
    /// What to do with names of permissions that mean nothing here.
    package enum UnknownPermissions: Sendable {
        /// Leave them out and tell.
        case drop
        case refuse
    }

    /// What to do with an address that nobody has.
    package enum UnknownEmail: Hashable, Sendable {
        case refuse
        /// Keep an invitation for so many milliseconds.
        case invite(lifetime: Int64)
    }

    package var catalogue: PermissionCatalogue
    package var unknownPermissions: UnknownPermissions
    package var unknownEmail: UnknownEmail
    package var rule: AssignmentRule
    /// What a change that only gives more does to sessions that are open.
    package var gained: GainedRights

    package init(
        catalogue: PermissionCatalogue = .standard,
        unknownPermissions: UnknownPermissions = .drop,
        unknownEmail: UnknownEmail = .refuse,
        rule: AssignmentRule = AssignmentRule(protectsStronger: true),
        gained: GainedRights = .revoke
    ) {
        self.catalogue = catalogue
        self.unknownPermissions = unknownPermissions
        self.unknownEmail = unknownEmail
        self.rule = rule
        self.gained = gained
    }

    /// What names of permissions stand for here.
    ///
    /// - Throws: `unknownPermissions`, naming them, where this host is strict and any mean nothing.
    func select(_ names: [String]) throws(AdministrationError) -> PermissionSelection {
        let selection = catalogue.select(names)
        guard unknownPermissions == .drop || selection.unknown.isEmpty else {
            throw .unknownPermissions(selection.unknown)
        }
        return selection
    }
}
