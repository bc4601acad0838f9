import Foundation
import GRDB
package import SignInSecrets

extension SQLiteStore {
    package func secondFactor(of user: UserID) async throws(StoreError) -> SecondFactor? {
        let rows = Rows(path: path)
        return try await reading { database in
            _ = try rows.existingUser(.id(user), in: database)
            return try rows.secondFactor(of: user, in: database)
        }
    }

    package func setSecondFactor(
        _ factor: NewSecondFactor,
        of user: UserID
    ) async throws(StoreError) -> SecondFactorChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            _ = try rows.existingUser(.id(user), in: database)
            let before = try rows.secondFactor(of: user, in: database)
            let stored = try rows.secret(of: user, in: database)
            if let stored, stored.isConfirmed {
                guard stored.secret != factor.secret else {
                    return try rows.change(from: before, of: user, isChange: false, in: database)
                }
                guard factor.replaces else { throw StoreError.alreadyExists(.secondFactor) }
            }
            if stored?.isConfirmed == true, !factor.isConfirmed {
                try rows.wait(for: factor.secret, of: user, in: database)
            } else {
                try rows.write(
                    factor.secret,
                    lastStep: nil,
                    isConfirmed: factor.isConfirmed,
                    created: now,
                    of: user,
                    in: database
                )
                try rows.deleteRecoveryCodes(of: user, in: database)
            }
            return try rows.change(from: before, of: user, isChange: true, in: database)
        }
    }

    package func confirmSecondFactor(
        of user: UserID,
        with code: String,
        recoveryCodes: [RecoveryCode],
        at now: Timestamp
    ) async throws(StoreError) -> SecondFactorChange? {
        let rows = Rows(path: path)
        return try await writing { database in
            let before = try rows.existingSecondFactor(of: user, in: database)
            guard let stored = try rows.secret(of: user, in: database),
                let waiting = stored.pending ?? (stored.isConfirmed ? nil : stored.secret)
            else { throw StoreError.alreadyExists(.secondFactor) }
            let step = TimeBasedCode.step(
                matching: code,
                of: waiting,
                atSecond: now.milliseconds / 1000,
                after: nil
            )
            guard let step else { return nil }
            try rows.write(
                waiting,
                lastStep: step,
                isConfirmed: true,
                created: now.milliseconds,
                of: user,
                in: database
            )
            try rows.replaceRecoveryCodes(recoveryCodes, of: user, in: database)
            return try rows.change(from: before, of: user, isChange: true, in: database)
        }
    }

    package func removeSecondFactor(of user: UserID) async throws(StoreError) -> SecondFactor {
        let rows = Rows(path: path)
        return try await writing { database in
            let removed = try rows.existingSecondFactor(of: user, in: database)
            try database.execute(
                sql: "DELETE FROM second_factors WHERE user = ?",
                arguments: [user.description]
            )
            return removed
        }
    }

    package func setRecoveryCodes(
        _ codes: [RecoveryCode],
        of user: UserID
    ) async throws(StoreError) -> SecondFactor {
        let rows = Rows(path: path)
        return try await writing { database in
            let factor = try rows.existingSecondFactor(of: user, in: database)
            guard factor.isConfirmed else { throw StoreError.secondFactorUnconfirmed }
            try rows.replaceRecoveryCodes(codes, of: user, in: database)
            return try rows.existingSecondFactor(of: user, in: database)
        }
    }
}

extension Rows {
    fileprivate func secondFactor(
        of user: UserID,
        in database: Database
    ) throws -> SecondFactor? {
        guard let stored = try secret(of: user, in: database) else { return nil }
        return SecondFactor(
            userID: user,
            isConfirmed: stored.isConfirmed,
            isPending: !stored.isConfirmed || stored.pending != nil,
            recoveryCodesLeft: try recoveryCodesLeft(of: user, in: database),
            createdAt: Timestamp(milliseconds: stored.created)
        )
    }

    /// A user's second factor; both must exist.
    fileprivate func existingSecondFactor(
        of user: UserID,
        in database: Database
    ) throws -> SecondFactor {
        _ = try existingUser(.id(user), in: database)
        guard let factor = try secondFactor(of: user, in: database) else {
            throw StoreError.notFound(.secondFactor)
        }
        return factor
    }

    fileprivate func change(
        from before: SecondFactor?,
        of user: UserID,
        isChange: Bool,
        in database: Database
    ) throws -> SecondFactorChange {
        SecondFactorChange(
            before: before,
            after: try existingSecondFactor(of: user, in: database),
            isChange: isChange
        )
    }

    /// Writes a secret over whatever was there.
    fileprivate func write(
        _ secret: SharedSecret,
        lastStep: Int64?,
        isConfirmed: Bool,
        created: Int64,
        of user: UserID,
        in database: Database
    ) throws {
        try database.execute(
            sql: """
                INSERT INTO second_factors
                    (user, id, secret, last_step, confirmed, pending, created)
                VALUES (?, ?, ?, ?, ?, NULL, ?)
                ON CONFLICT (user) DO UPDATE SET id = excluded.id, secret = excluded.secret,
                    last_step = excluded.last_step, confirmed = excluded.confirmed,
                    pending = NULL, created = excluded.created, wrong = 0, last_wrong = 0
                """,
            arguments: [
                user.description, SecondFactorID.random().description,
                Data(secret.bytes), lastStep, isConfirmed, created,
            ]
        )
    }

    /// Keeps a secret beside the one that counts.
    fileprivate func wait(
        for secret: SharedSecret,
        of user: UserID,
        in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE second_factors SET pending = ? WHERE user = ?",
            arguments: [Data(secret.bytes), user.description]
        )
    }

    fileprivate func deleteRecoveryCodes(of user: UserID, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM recovery_codes WHERE user = ?",
            arguments: [user.description]
        )
    }

    fileprivate func replaceRecoveryCodes(
        _ codes: [RecoveryCode],
        of user: UserID,
        in database: Database
    ) throws {
        try deleteRecoveryCodes(of: user, in: database)
        for code in codes {
            try database.execute(
                sql: "INSERT INTO recovery_codes (user, digest) VALUES (?, ?)",
                arguments: [user.description, Data(code.digest)]
            )
        }
    }
}
