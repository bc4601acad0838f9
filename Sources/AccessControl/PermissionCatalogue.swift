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

    /// What came out of reading a list of names that somebody gave.
    package struct Selection: Equatable, Sendable {
        /// The known permissions among them, each once.
        package var permissions: PermissionSet
        /// The names that mean nothing here, in the order given.
        package var unknown: [String]
    }

    /// Sorts `names` into known permissions and unknown names.
    ///
    /// `websocket.connect` is always among the result: panels give it to every subuser.
    package func select(_ names: [String]) -> Selection {
        var selection = Selection(permissions: .none, unknown: [])
        selection.permissions.insert(.websocketConnect)
        for name in names {
            if let permission = Permission(name), contains(permission) {
                selection.permissions.insert(permission)
            } else {
                selection.unknown.append(name)
            }
        }
        return selection
    }
}

extension Permission {
    /// Lets a subuser see the server at all; every assignment has it.
    package static let websocketConnect = Permission(trusted: "websocket.connect")
}
