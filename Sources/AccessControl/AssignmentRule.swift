/// What somebody may do on a server that they can see.
package enum Authority: Hashable, Sendable {
    /// The owner, an administrator, or the panel itself.
    case everything
    /// Somebody with whom the server is shared.
    case holding(PermissionSet)

    /// Whether it includes `permission`.
    package func includes(_ permission: Permission) -> Bool {
        switch self {
        case .everything: true
        case .holding(let held): held.contains(permission)
        }
    }

    /// What of `permissions` it does not include.
    package func missing(of permissions: PermissionSet) -> PermissionSet {
        switch self {
        case .everything: .none
        case .holding(let held): permissions.subtracting(held)
        }
    }

    /// Whether it includes all that `other` does.
    package func covers(_ other: Authority) -> Bool {
        switch (self, other) {
        case (.everything, _): true
        case (.holding, .everything): false
        case (.holding(let held), .holding(let others)): others.subtracting(held).isEmpty
        }
    }
}

/// What can be done about a subuser.
package enum AssignmentAct: CaseIterable, Sendable {
    case create
    case read
    case update
    case delete

    /// The permission that it takes.
    package var permission: Permission {
        switch self {
        case .create: Permission(trusted: "user.create")
        case .read: Permission(trusted: "user.read")
        case .update: Permission(trusted: "user.update")
        case .delete: Permission(trusted: "user.delete")
        }
    }

    /// Whether it may take something from somebody.
    fileprivate var takesAway: Bool {
        switch self {
        case .create, .read: false
        case .update, .delete: true
        }
    }
}

/// Why somebody may not do something about a subuser.
package enum AssignmentRefusal: Error, Hashable, Sendable {
    /// They lack the permission to do such things.
    case missing(Permission)
    /// Nobody changes what they are themselves allowed.
    case ownAssignment
    /// Nobody gives what they do not hold; these names are the ones.
    case notHeld([String])
    /// The subuser holds more than they do.
    case strongerSubuser
}

/// Decides what an actor may do about other people's access to a server.
package struct AssignmentRule: Hashable, Sendable {
    /// Whether a subuser is out of reach for those who hold less.
    package var protectsStronger: Bool

    package init(protectsStronger: Bool) {
        self.protectsStronger = protectsStronger
    }

    /// Why `act` is refused to somebody of this authority; nil when it may be done.
    ///
    /// Only those who may do everything can add themselves: they gain nothing by it. For somebody
    /// to whom access is delegated, their own assignment would outlast the delegation.
    ///
    /// `isOwn` says whether the assignment is the actor's own, `current` what the subuser holds so
    /// far (nil for a new one), `given` what they shall hold (nil where nothing is given).
    /// `strength` is what the person may do there in all, by whatever way; nil for a stranger.
    package func refusal(
        of act: AssignmentAct,
        by authority: Authority,
        isOwn: Bool,
        current: PermissionSet?,
        given: PermissionSet?,
        strength: Authority?
    ) -> AssignmentRefusal? {
        guard authority.includes(act.permission) else { return .missing(act.permission) }
        guard !isOwn || (act == .create && authority == .everything) else { return .ownAssignment }
        if let given {
            // Whoever keeps what they have is given nothing.
            let new = given.subtracting(current ?? .none)
            let missing = authority.missing(of: new)
            guard missing.isEmpty else { return .notHeld(missing.names) }
        }
        if protectsStronger, act.takesAway, let strength {
            guard authority.covers(strength) else { return .strongerSubuser }
        }
        return nil
    }
}

extension AssignmentRefusal: CustomStringConvertible {
    /// One sentence for people.
    package var description: String {
        switch self {
        case .missing(let permission): "You need \(permission) on this server for that."
        case .ownAssignment: "Nobody can change or remove their own access."
        case .notHeld(let names):
            "You cannot give permissions that you do not hold: \(names.joined(separator: ", "))."
        case .strongerSubuser: "This subuser holds permissions that you do not hold."
        }
    }
}
