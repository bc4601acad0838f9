import AccessControl
import PasswordHashing
import SubuserStore

/// A document that is being read, record by record.
package struct SnapshotDraft: Sendable {
    /// The most names that a report lists.
    package static let listLimit = 1000

    /// Names of permissions that mean nothing here and are left out, at most `listLimit`.
    private(set) var droppedPermissions: [String] = []
    private var builder = SnapshotBuilder()
    private let sharing: SharingOptions
    /// Thousands of records share a few lists.
    private var selections: [[String]: PermissionSet] = [:]

    init(sharing: SharingOptions) {
        self.sharing = sharing
    }

    /// Takes one record.
    ///
    /// - Throws: `password`, `unknownPermissions`, or `snapshot` for what other lines contradict.
    package mutating func add(
        _ entry: SnapshotEntry,
        line: Int
    ) throws(AdministrationError) {
        switch entry {
        case .user(let user, _): try check(user.passwordHash)
        case .summary, .key, .server, .subuser, .delegation: break
        }
        let permissions: PermissionSet =
            switch entry {
            case .subuser(_, _, let names), .delegation(_, _, let names): try select(names)
            case .summary, .user, .key, .server: .none
            }
        do throws(SnapshotProblem) {
            switch entry {
            case .summary(let counts): try builder.add(counts, line: line)
            case .user(let user, let policy):
                try builder.add(user, policy: policy, line: line)
            case .key(let key, let name, let user):
                try builder.add(key, name: name, of: user, line: line)
            case .server(let server, let policy):
                try builder.add(server, policy: policy, line: line)
            case .subuser(let server, let user, _):
                try builder.addSubuser(user, on: server, permissions: permissions, line: line)
            case .delegation(let owner, let user, _):
                try builder.addDelegation(
                    by: owner,
                    to: user,
                    permissions: permissions,
                    line: line
                )
            }
        } catch {
            throw .snapshot(error)
        }
    }

    /// The whole, once everything is there.
    ///
    /// - Throws: `snapshot`.
    func finish() throws(AdministrationError) -> Snapshot {
        do throws(SnapshotProblem) {
            return try builder.finish()
        } catch {
            throw .snapshot(error)
        }
    }

    private func check(_ passwordHash: String?) throws(AdministrationError) {
        guard let passwordHash else { return }
        do throws(PasswordHashError) {
            _ = try PasswordHash(passwordHash)
        } catch {
            throw .password(error)
        }
    }

    private mutating func select(
        _ names: [String]
    ) throws(AdministrationError) -> PermissionSet {
        if let known = selections[names] { return known }
        let selection = try sharing.select(names)
        for name in selection.unknown
        where droppedPermissions.count < Self.listLimit && !droppedPermissions.contains(name) {
            droppedPermissions.append(name)
        }
        // A document with a list of its own for everybody must not be held twice.
        if selections.count < Self.listLimit { selections[names] = selection.permissions }
        return selection.permissions
    }
}
