import Foundation
import GRDB

extension SQLiteStore {
    package func users() async throws(StoreError) -> [User] {
        let rows = Rows(path: path)
        return try await reading { database in
            try Row.fetchAll(
                database,
                sql: "SELECT \(Rows.userColumns) FROM users ORDER BY username"
            ).map { try rows.user($0) }
        }
    }

    package func user(_ reference: UserReference) async throws(StoreError) -> User {
        let rows = Rows(path: path)
        return try await reading { try rows.existingUser(reference, in: $0) }
    }

    package func addUser(_ user: NewUser) async throws(StoreError) -> SavedUser {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            try database.execute(
                sql: """
                    INSERT INTO users
                        (uuid, username, email, password_hash, administrator, two_factor,
                            disabled, sign_in, created, updated)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    user.id.description, user.name.description, user.email.description,
                    user.passwordHash, user.isAdministrator, user.hasTwoFactor,
                    user.isDisabled, user.policy.map { Rows.text(of: $0) }, now, now,
                ]
            )
            let added = try rows.existingUser(.id(user.id), in: database)
            // Whoever is new owns nothing and shares nothing: none of them is withdrawn.
            let redeemed = try rows.redeemInvitations(of: added, at: now, in: database)
            return SavedUser(user: added, fulfilled: redeemed.fulfilled)
        }
    }

    package func changeUser(
        _ id: UserID,
        _ edit: UserEdit
    ) async throws(StoreError) -> UserChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            let before = try rows.existingUser(.id(id), in: database)
            let hash = try rows.passwordHash(of: id, in: database)
            let newHash: String? =
                switch edit.password {
                case .keep: hash
                case .replace(let hash): hash
                case .remove: nil
                }
            var change = UserChange(
                before: before,
                after: edit.applied(to: before, hasPassword: newHash != nil, now: now),
                isPasswordChanged: newHash != hash
            )
            guard change.isChange else {
                return UserChange(before: before, after: before, isPasswordChanged: false)
            }
            try database.execute(
                sql: """
                    UPDATE users SET username = ?, email = ?, password_hash = ?,
                        administrator = ?, two_factor = ?, disabled = ?, sign_in = ?,
                        updated = ?
                    WHERE uuid = ?
                    """,
                arguments: [
                    change.after.name.description, change.after.email.description, newHash,
                    change.after.isAdministrator, change.after.hasTwoFactor,
                    change.after.isDisabled, change.after.policy.map { Rows.text(of: $0) },
                    now, id.description,
                ]
            )
            if before.email != change.after.email {
                let redeemed = try rows.redeemInvitations(
                    of: change.after,
                    at: now,
                    in: database
                )
                change.fulfilled = redeemed.fulfilled
                change.withdrawn = redeemed.withdrawn
            }
            return change
        }
    }

    package func replacePasswordHash(
        _ stored: String,
        of user: UserID,
        by successor: String
    ) async throws(StoreError) -> Bool {
        let user = user.description
        return try await writing { database in
            // The same password, so where it was used stays known.
            let known = try Row.fetchAll(
                database,
                sql: "SELECT * FROM known_sources WHERE user = ?",
                arguments: [user]
            )
            try database.execute(
                sql: "UPDATE users SET password_hash = ? WHERE uuid = ? AND password_hash = ?",
                arguments: [successor, user, stored]
            )
            guard database.changesCount > 0 else { return false }
            for row in known {
                try database.execute(
                    sql: """
                        INSERT INTO known_sources (user, source, saved, age)
                        VALUES (?, ?, ?, ?)
                        """,
                    arguments: [user, row["source"], row["saved"], row["age"]]
                )
            }
            return true
        }
    }

    package func removeUser(_ id: UserID) async throws(StoreError) -> RemovedUser {
        let rows = Rows(path: path)
        return try await writing { database in
            let user = try rows.existingUser(.id(id), in: database)
            let owned = try Int.fetchOne(
                database,
                sql: "SELECT count(*) FROM servers WHERE owner = ?",
                arguments: [id.description]
            )
            if let owned, owned > 0 { throw StoreError.ownsServers(count: owned) }
            let removed = RemovedUser(
                user: user,
                subusers: try rows.assignments(of: id, in: database),
                delegations: try rows.endingDelegations(of: id, in: database)
            )
            try database.execute(
                sql: "DELETE FROM users WHERE uuid = ?",
                arguments: [id.description]
            )
            return removed
        }
    }

    package func keys(of user: UserID) async throws(StoreError) -> [StoredKey] {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingUser(.id(user), in: database)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM keys WHERE user = ? ORDER BY created, rowid",
                arguments: [user.description]
            ).map { try rows.key($0) }
        }
    }

    package func addKey(
        _ key: PublicKey,
        name: DisplayName?,
        of user: UserID
    ) async throws(StoreError) -> StoredKey {
        let rows = Rows(path: path)
        let stored = StoredKey(
            userID: user,
            fingerprint: key.fingerprint,
            kind: key.kind,
            name: name,
            createdAt: .now
        )
        return try await writing { database in
            _ = try rows.existingUser(.id(user), in: database)
            try rows.insert(stored, blob: key.blob, in: database)
            return stored
        }
    }

    package func putKey(
        _ key: PublicKey,
        name: DisplayName?,
        of user: UserID
    ) async throws(StoreError) -> KeyChange {
        let rows = Rows(path: path)
        let new = StoredKey(
            userID: user,
            fingerprint: key.fingerprint,
            kind: key.kind,
            name: name ?? (try? DisplayName(key.comment)),
            createdAt: .now
        )
        return try await writing { database in
            _ = try rows.existingUser(.id(user), in: database)
            guard let before = try rows.key(new.fingerprint, of: user, in: database) else {
                try rows.insert(new, blob: key.blob, in: database)
                return KeyChange(before: nil, after: new)
            }
            guard let name, name != before.name else {
                return KeyChange(before: before, after: before)
            }
            try database.execute(
                sql: "UPDATE keys SET name = ? WHERE user = ? AND fingerprint = ?",
                arguments: [name.description, user.description, new.fingerprint.description]
            )
            var after = before
            after.name = name
            return KeyChange(before: before, after: after)
        }
    }

    package func removeKey(
        _ fingerprint: KeyFingerprint,
        of user: UserID
    ) async throws(StoreError) -> StoredKey {
        let rows = Rows(path: path)
        return try await writing { database in
            _ = try rows.existingUser(.id(user), in: database)
            guard let key = try rows.key(fingerprint, of: user, in: database) else {
                throw StoreError.notFound(.key)
            }
            try database.execute(
                sql: "DELETE FROM keys WHERE user = ? AND fingerprint = ?",
                arguments: [user.description, fingerprint.description]
            )
            return key
        }
    }
}

extension Rows {
    /// The user that `reference` names, who must exist.
    func existingUser(_ reference: UserReference, in database: Database) throws -> User {
        guard let user = try user(reference, in: database) else {
            throw StoreError.notFound(.user)
        }
        return user
    }

    fileprivate func key(
        _ fingerprint: KeyFingerprint,
        of user: UserID,
        in database: Database
    ) throws -> StoredKey? {
        try Row.fetchOne(
            database,
            sql: "SELECT * FROM keys WHERE user = ? AND fingerprint = ?",
            arguments: [user.description, fingerprint.description]
        ).map { try key($0) }
    }

    fileprivate func insert(_ key: StoredKey, blob: [UInt8], in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO keys (user, fingerprint, type, blob, name, created)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                key.userID.description, key.fingerprint.description, key.kind.rawValue,
                Data(blob), key.name?.description, key.createdAt.milliseconds,
            ]
        )
    }

    fileprivate func passwordHash(of id: UserID, in database: Database) throws -> String? {
        try String.fetchOne(
            database,
            sql: "SELECT password_hash FROM users WHERE uuid = ?",
            arguments: [id.description]
        )
    }
}

extension UserEdit {
    fileprivate func applied(to user: User, hasPassword: Bool, now: Int64) -> User {
        var user = user
        user.name = name ?? user.name
        user.email = email ?? user.email
        user.isAdministrator = isAdministrator ?? user.isAdministrator
        user.hasTwoFactor = hasTwoFactor ?? user.hasTwoFactor
        user.isDisabled = isDisabled ?? user.isDisabled
        user.policy = policy.applied(to: user.policy)
        user.hasPassword = hasPassword
        user.updatedAt = Timestamp(milliseconds: now)
        return user
    }
}
