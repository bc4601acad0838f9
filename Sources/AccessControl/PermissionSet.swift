/// The permissions of one person on one server.
package struct PermissionSet: Hashable, Sendable {
    private var members: Set<Permission>

    /// A set of exactly these permissions.
    package init(_ permissions: some Sequence<Permission>) {
        members = Set(permissions)
    }

    /// No permission at all.
    package static let none = PermissionSet([])

    /// Whether `permission` was given.
    package func contains(_ permission: Permission) -> Bool {
        members.contains(permission)
    }

    /// Adds one permission; adding it again changes nothing.
    package mutating func insert(_ permission: Permission) {
        members.insert(permission)
    }

    /// What is in either.
    package func union(_ other: PermissionSet) -> PermissionSet {
        PermissionSet(members.union(other.members))
    }

    /// What is here and not in `other`.
    package func subtracting(_ other: PermissionSet) -> PermissionSet {
        PermissionSet(members.subtracting(other.members))
    }

    /// Whether everything here is also in `other`.
    package func isSubset(of other: PermissionSet) -> Bool {
        members.isSubset(of: other.members)
    }

    /// The permissions in the order of their names.
    package var sorted: [Permission] { members.sorted() }

    /// The names in their order, as the panels show them.
    package var names: [String] { sorted.map(\.name) }

    /// Whether there is none.
    package var isEmpty: Bool { members.isEmpty }

    /// How many there are.
    package var count: Int { members.count }
}
