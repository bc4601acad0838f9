import AccessControl
import Foundation
import GRDB

/// Writes the difference between two snapshots, in an order that breaks no rule on the way.
///
/// Names, addresses and directories are unique at every moment, and may be swapped between two
/// records. Therefore whatever gives one up gives it up before anything is added: until then it
/// has the uuid in its place, which is no name, no address and no directory.
struct SnapshotWriter {
    let database: Database
    let now: Timestamp

    /// Writes everything, and answers how many invitations ended with it.
    func write(_ difference: SnapshotDifference) throws -> Int {
        try removeShares(difference)
        try giveUpNames(difference)
        try writeUsers(difference)
        try writeServers(difference)
        // Whoever goes owns nothing any more.
        try run("DELETE FROM users WHERE uuid = ?", difference.users.removed) {
            [$0.id.description]
        }
        try writeShares(difference)
        return try withdrawInvitations(difference)
    }

    private func removeShares(_ difference: SnapshotDifference) throws {
        try run("DELETE FROM keys WHERE user = ? AND fingerprint = ?", difference.keys.removed) {
            [$0.id.userID.description, $0.id.fingerprint.description]
        }
        try run("DELETE FROM subusers WHERE server = ? AND user = ?", difference.subusers.removed) {
            [$0.id.serverID.description, $0.id.userID.description]
        }
        try run(
            "DELETE FROM delegations WHERE owner = ? AND user = ?",
            difference.delegations.removed
        ) {
            [$0.id.ownerID.description, $0.id.userID.description]
        }
        try run("DELETE FROM servers WHERE uuid = ?", difference.servers.removed) {
            [$0.id.description]
        }
    }

    private func giveUpNames(_ difference: SnapshotDifference) throws {
        let users = difference.users.changed.map(\.id) + difference.users.removed.map(\.id)
        try run("UPDATE users SET username = uuid, email = uuid WHERE uuid = ?", users) {
            [$0.description]
        }
        try run(
            "UPDATE servers SET directory = '/' || uuid WHERE uuid = ?",
            difference.servers.changed
        ) {
            [$0.id.description]
        }
    }

    private func writeUsers(_ difference: SnapshotDifference) throws {
        let now = now.milliseconds
        try run(
            """
            UPDATE users SET username = ?, email = ?, password_hash = ?, administrator = ?,
                two_factor = ?, disabled = ?, sign_in = ?, updated = ?
            WHERE uuid = ?
            """,
            difference.users.changed.map(\.after)
        ) { user in
            [
                user.name.description, user.email.description, user.passwordHash,
                user.isAdministrator, user.hasTwoFactor, user.isDisabled,
                user.policy.map { Rows.text(of: $0) }, now, user.id.description,
            ]
        }
        try run(
            """
            INSERT INTO users
                (uuid, username, email, password_hash, administrator, two_factor, disabled,
                    sign_in, created, updated)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            difference.users.added.map(\.value)
        ) { user in
            [
                user.id.description, user.name.description, user.email.description,
                user.passwordHash, user.isAdministrator, user.hasTwoFactor, user.isDisabled,
                user.policy.map { Rows.text(of: $0) }, now, now,
            ]
        }
    }

    private func writeServers(_ difference: SnapshotDifference) throws {
        let now = now.milliseconds
        try run(
            """
            UPDATE servers SET name = ?, owner = ?, directory = ?, state = ?, sign_in = ?,
                updated = ?
            WHERE uuid = ?
            """,
            difference.servers.changed.map(\.after)
        ) { server in
            [
                server.name.description, server.ownerID.description, server.directory.path,
                server.state.rawValue, server.policy.map { Rows.text(of: $0) }, now,
                server.id.description,
            ]
        }
        try run(
            """
            INSERT INTO servers
                (uuid, short_id, name, owner, directory, state, sign_in, created, updated)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            difference.servers.added.map(\.value)
        ) { server in
            [
                server.id.description, ShortID(of: server.id).description, server.name.description,
                server.ownerID.description, server.directory.path, server.state.rawValue,
                server.policy.map { Rows.text(of: $0) }, now, now,
            ]
        }
    }

    private func writeShares(_ difference: SnapshotDifference) throws {
        let now = now.milliseconds
        try run(
            "INSERT INTO keys (user, fingerprint, type, blob, name, created) VALUES (?, ?, ?, ?, ?, ?)",
            difference.keys.added
        ) { id, key in
            [
                id.userID.description, id.fingerprint.description, key.kind.rawValue,
                Data(key.blob), key.name?.description, now,
            ]
        }
        try run(
            "UPDATE keys SET name = ? WHERE user = ? AND fingerprint = ?",
            difference.keys.changed
        ) { change in
            [
                change.after.name?.description, change.id.userID.description,
                change.id.fingerprint.description,
            ]
        }
        try writePermissions(difference.subusers, in: "subusers", by: "server") {
            ($0.serverID.description, $0.userID)
        }
        try writePermissions(difference.delegations, in: "delegations", by: "owner") {
            ($0.ownerID.description, $0.userID)
        }
    }

    /// Writes what users hold by subusers or delegations; `column` says on or from what.
    private func writePermissions<Place>(
        _ changes: SnapshotDifference.Changes<Place, PermissionSet>,
        in table: String,
        by column: String,
        _ key: (Place) -> (id: String, user: UserID)
    ) throws {
        let now = now.milliseconds
        try run(
            """
            INSERT INTO \(table) (\(column), user, permissions, created, updated)
            VALUES (?, ?, ?, ?, ?)
            """,
            changes.added
        ) { place, permissions in
            let (id, user) = key(place)
            return [id, user.description, Rows.text(of: permissions), now, now]
        }
        try run(
            "UPDATE \(table) SET permissions = ?, updated = ? WHERE \(column) = ? AND user = ?",
            changes.changed
        ) { change in
            let (id, user) = key(change.id)
            return [Rows.text(of: change.after), now, id, user.description]
        }
    }

    /// Ends the invitations of those who have an account by this.
    private func withdrawInvitations(_ difference: SnapshotDifference) throws -> Int {
        var emails = difference.users.added.map(\.value.email)
        emails += difference.users.changed.filter { $0.before.email != $0.after.email }
            .map(\.after.email)
        var count = 0
        let statement = try database.cachedStatement(
            sql: "DELETE FROM invitations WHERE email = ?"
        )
        for email in emails {
            try statement.execute(arguments: [email.description])
            count += database.changesCount
        }
        return count
    }

    private func run<Item>(
        _ sql: String,
        _ items: [Item],
        _ arguments: (Item) -> StatementArguments
    ) throws {
        guard !items.isEmpty else { return }
        let statement = try database.cachedStatement(sql: sql)
        for item in items { try statement.execute(arguments: arguments(item)) }
    }
}
