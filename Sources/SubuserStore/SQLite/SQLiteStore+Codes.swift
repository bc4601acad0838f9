import Foundation
import GRDB
import SignInSecrets

extension SQLiteStore {
    package func useCode(
        _ code: String,
        of user: UserID,
        at now: Timestamp
    ) async throws(StoreError) -> CodeCheck {
        let rows = Rows(path: path)
        return try await writing { database in
            guard let stored = try rows.secret(of: user, in: database), stored.isConfirmed else {
                return .wrong
            }
            // Nobody guesses one of these, so nobody is kept from showing one.
            if let left = try rows.useRecoveryCode(code, of: user, in: database) {
                try rows.note(WrongCodes(), of: user, in: database)
                return .right(.recovery(left: left), of: stored.id)
            }
            if let wait = stored.wrongCodes.wait(at: now) { return .kept(milliseconds: wait) }
            let step = TimeBasedCode.step(
                matching: code,
                of: stored.secret,
                atSecond: now.milliseconds / 1000,
                after: stored.lastStep
            )
            guard let step else {
                try rows.note(stored.wrongCodes.adding(at: now), of: user, in: database)
                return .wrong
            }
            try database.execute(
                sql: "UPDATE second_factors SET last_step = ? WHERE user = ?",
                arguments: [step, user.description]
            )
            try rows.note(WrongCodes(), of: user, in: database)
            return .right(.timeBased, of: stored.id)
        }
    }
}

/// The secret part of a second factor.
struct StoredSecret {
    let id: SecondFactorID
    let secret: SharedSecret
    /// The step of the last code that was used; nil before the first.
    let lastStep: Int64?
    let isConfirmed: Bool
    /// What comes in the place of a confirmed one; nil for nothing.
    let pending: SharedSecret?
    let created: Int64
    let wrongCodes: WrongCodes
}

extension Rows {
    /// A user's secret; nil where there is none.
    func secret(of user: UserID, in database: Database) throws -> StoredSecret? {
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT id, secret, last_step, confirmed, pending, created, wrong, last_wrong
                    FROM second_factors WHERE user = ?
                    """
            ),
            arguments: [user.description]
        )
        guard let row else { return nil }
        let pending: Data? = row["pending"]
        return StoredSecret(
            id: try value(row, "id") { SecondFactorID($0) },
            secret: try sharedSecret(row["secret"]),
            lastStep: row["last_step"],
            isConfirmed: row["confirmed"],
            pending: try pending.map { try sharedSecret($0) },
            created: row["created"],
            wrongCodes: WrongCodes(
                count: row["wrong"],
                last: Timestamp(milliseconds: row["last_wrong"])
            )
        )
    }

    private func sharedSecret(_ bytes: Data) throws -> SharedSecret {
        guard let secret = SharedSecret(Array(bytes)) else {
            throw StoreError.damaged(path: path, detail: "a second factor has no usable secret")
        }
        return secret
    }

    fileprivate func note(
        _ wrong: WrongCodes,
        of user: UserID,
        in database: Database
    ) throws {
        try database.execute(
            sql: "UPDATE second_factors SET wrong = ?, last_wrong = ? WHERE user = ?",
            arguments: [wrong.count, wrong.last.milliseconds, user.description]
        )
    }

    /// Uses up a recovery code, and answers how many are left; nil where it is none.
    fileprivate func useRecoveryCode(
        _ code: String,
        of user: UserID,
        in database: Database
    ) throws -> Int? {
        guard let recovery = RecoveryCode(code) else { return nil }
        try database.execute(
            sql: "DELETE FROM recovery_codes WHERE user = ? AND digest = ?",
            arguments: [user.description, Data(recovery.digest)]
        )
        guard database.changesCount > 0 else { return nil }
        return try recoveryCodesLeft(of: user, in: database)
    }

    /// How many recovery codes a user has not used.
    func recoveryCodesLeft(of user: UserID, in database: Database) throws -> Int {
        try Int.fetchOne(
            database.cachedStatement(sql: "SELECT count(*) FROM recovery_codes WHERE user = ?"),
            arguments: [user.description]
        ) ?? 0
    }
}
