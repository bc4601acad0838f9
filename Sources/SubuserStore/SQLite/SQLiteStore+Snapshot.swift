import AccessControl
import Foundation
import GRDB

extension SQLiteStore {
    package func snapshot() async throws(StoreError) -> Snapshot {
        let rows = Rows(path: path)
        return try await reading { try rows.snapshot(in: $0) }
    }

    package func replaceContents(
        with snapshot: Snapshot,
        isTrial: Bool
    ) async throws(StoreError) -> SnapshotDifference {
        let rows = Rows(path: path)
        do {
            return try await pool.writeWithoutTransaction { database in
                var difference = SnapshotDifference(from: Snapshot(), to: snapshot)
                // Begun for writing before it reads: nobody else changes anything in between.
                try database.inTransaction(.immediate) {
                    let before = try rows.snapshot(in: database)
                    difference = SnapshotDifference(
                        from: before,
                        to: snapshot.keepingPolicies(of: before)
                    )
                    let writer = SnapshotWriter(database: database, now: .now)
                    difference.withdrawnInvitations = try writer.write(difference)
                    return isTrial ? .rollback : .commit
                }
                return difference
            }
        } catch {
            throw StoreError(error, path: path)
        }
    }
}

extension Rows {
    /// Everything at once; the caller's transaction makes it one moment.
    fileprivate func snapshot(in database: Database) throws -> Snapshot {
        var snapshot = Snapshot()
        try forEach("users", in: database) { row in
            let user = try newUser(row)
            snapshot.users[user.id] = user
        }
        try forEach("keys", in: database) { row in
            let key = try key(row)
            snapshot.keys[KeyPlace(userID: key.userID, fingerprint: key.fingerprint)] =
                PlacedKey(kind: key.kind, blob: Array(row["blob"] as Data), name: key.name)
        }
        try forEach("servers", in: database) { row in
            let server = try newServer(row)
            snapshot.servers[server.id] = server
        }
        // Thousands of rows share a few sets.
        var sets: [String: PermissionSet] = [:]
        func set(_ row: Row) throws -> PermissionSet {
            let text: String = row["permissions"]
            if let set = sets[text] { return set }
            let set = try permissions(text)
            sets[text] = set
            return set
        }
        try forEach("subusers", in: database) { row in
            let place = SubuserPlace(
                serverID: try value(row, "server") { ServerID($0) },
                userID: try value(row, "user") { UserID($0) }
            )
            snapshot.subusers[place] = try set(row)
        }
        try forEach("delegations", in: database) { row in
            let place = DelegationPlace(
                ownerID: try value(row, "owner") { UserID($0) },
                userID: try value(row, "user") { UserID($0) }
            )
            snapshot.delegations[place] = try set(row)
        }
        return snapshot
    }

    private func forEach(
        _ table: String,
        in database: Database,
        _ body: (Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM \(table)")
        while let row = try rows.next() { try body(row) }
    }

    private func newUser(_ row: Row) throws -> NewUser {
        NewUser(
            id: try value(row, "uuid") { UserID($0) },
            name: try value(row, "username") { try? UserName($0) },
            email: try value(row, "email") { try? Email($0) },
            passwordHash: row["password_hash"],
            isAdministrator: row["administrator"],
            hasTwoFactor: row["two_factor"],
            isDisabled: row["disabled"],
            policy: try policy(row)
        )
    }

    private func newServer(_ row: Row) throws -> NewServer {
        NewServer(
            id: try value(row, "uuid") { ServerID($0) },
            name: try value(row, "name") { try? DisplayName($0) },
            ownerID: try value(row, "owner") { UserID($0) },
            directory: try value(row, "directory") { try? ServerDirectory($0) },
            state: try value(row, "state") { ServerState(rawValue: $0) },
            policy: try policy(row)
        )
    }
}
