/// The permissions that exist: their groups, names and what each allows.
///
/// The names are stable; panels store them. Only the `file` group decides anything inside this
/// host's gate, the others are kept for the panel that asks.
package struct PermissionCatalogue: Sendable {
    /// One permission as people see it.
    package struct Entry: Hashable, Sendable {
        package let permission: Permission
        /// What someone who holds it may do, as one sentence.
        package let summary: String
        /// Whether giving it away deserves a second thought.
        package let isSensitive: Bool
    }

    /// Permissions of one kind, for instance everything about backups.
    package struct Group: Hashable, Sendable {
        package let name: String
        package let summary: String
        package let entries: [Entry]
    }

    /// The groups in the order in which panels show them.
    package let groups: [Group]
    private let known: Set<Permission>

    init(groups: [Group]) {
        self.groups = groups
        known = Set(groups.flatMap { $0.entries.map(\.permission) })
    }

    /// Whether `permission` is one of those listed.
    package func contains(_ permission: Permission) -> Bool {
        known.contains(permission)
    }

    /// Every permission there is.
    package var all: PermissionSet { PermissionSet(known) }

    /// The same catalogue with the permissions of another panel besides.
    ///
    /// One that is known already keeps its place and its words; a new one stands at the end of its
    /// group, and a group that is new at the end.
    package func adding(_ additions: [Addition]) -> PermissionCatalogue {
        var groups = groups
        for addition in additions where !contains(addition.permission) {
            let entry = Entry(
                permission: addition.permission,
                summary: addition.summary,
                isSensitive: false
            )
            let name = addition.permission.group
            if let index = groups.firstIndex(where: { $0.name == name }) {
                let group = groups[index]
                guard !group.entries.contains(where: { $0.permission == entry.permission }) else {
                    continue
                }
                groups[index] = Group(
                    name: group.name,
                    summary: group.summary,
                    entries: group.entries + [entry]
                )
            } else {
                groups.append(Group(name: name, summary: "Of this host's panel", entries: [entry]))
            }
        }
        return PermissionCatalogue(groups: groups)
    }
}

extension PermissionCatalogue {
    /// A permission that only this host's panel knows.
    package struct Addition: Hashable, Sendable {
        package var permission: Permission
        /// What someone who holds it may do, as one sentence.
        package var summary: String

        /// Reads `group.action`, and behind a blank what it allows; nil for anything else.
        package init?(_ text: String) {
            let parts = text.split(separator: " ", maxSplits: 1)
            guard let name = parts.first, let permission = Permission(String(name)) else {
                return nil
            }
            self.permission = permission
            summary = parts.count == 2 ? String(parts[1]) : "Known to this host's panel"
        }
    }
}
