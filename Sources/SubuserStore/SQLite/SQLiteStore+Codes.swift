import Foundation
import GRDB
import SignInSecrets

extension SQLiteStore {
    package func useCode(
        _ code: String,
        of user: UserID,
        at now: Timestamp
    ) async throws(StoreError) -> UsedCode? {
        let rows = Rows(path: path)
        return try await writing { database in
            guard let stored = try rows.secret(of: user, in: database), stored.isConfirmed else {
                return nil
            }
            let step = TimeBasedCode.step(
                matching: code,
                of: stored.secret,
                atSecond: now.milliseconds / 1000,
                after: stored.lastStep
            )
            if let step {
                try database.execute(
                    sql: "UPDATE second_factors SET last_step = ? WHERE user = ?",
                    arguments: [step, user.description]
                )
                return .timeBased
            }
            guard let recovery = RecoveryCode(code) else { return nil }
            try database.execute(
                sql: "DELETE FROM recovery_codes WHERE user = ? AND digest = ?",
                arguments: [user.description, Data(recovery.digest)]
            )
            guard database.changesCount > 0 else { return nil }
            return .recovery(left: try rows.recoveryCodesLeft(of: user, in: database))
        }
    }
}

/// The secret part of a second factor.
struct StoredSecret {
    let secret: SharedSecret
    /// The step of the last code that was used; nil before the first.
    let lastStep: Int64?
    let isConfirmed: Bool
    /// What comes in the place of a confirmed one; nil for nothing.
    let pending: SharedSecret?
    let created: Int64
}

extension Rows {
    /// A user's secret; nil where there is none.
    func secret(of user: UserID, in database: Database) throws -> StoredSecret? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT secret, last_step, confirmed, pending, created
                    FROM second_factors WHERE user = ?
                    """
            ),
            arguments: [user.description]
        )
        guard let row else { return nil }
        let pending: Data? = row["pending"]
        return StoredSecret(
            secret: try sharedSecret(row["secret"]),
            lastStep: row["last_step"],
            isConfirmed: row["confirmed"],
            pending: try pending.map { try sharedSecret($0) },
            created: row["created"]
        )
    }

    private func sharedSecret(_ bytes: Data) throws -> SharedSecret {
        guard let secret = SharedSecret(Array(bytes)) else {
            throw StoreError.damaged(path: path, detail: "a second factor has no usable secret")
        }
        return secret
    }

    /// How many recovery codes a user has not used.
    func recoveryCodesLeft(of user: UserID, in database: Database) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count(*) FROM recovery_codes WHERE user = ?"),
            arguments: [user.description]
        ) ?? 0
    }
}
