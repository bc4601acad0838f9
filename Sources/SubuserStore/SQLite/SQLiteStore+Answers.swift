import Foundation
import GRDB

extension SQLiteStore {
    package func keptAnswer(
        to request: RepeatableRequest,
        now: Timestamp
    ) async throws(StoreError) -> KeptAnswer? {
        try await reading { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT body_hash, status, content FROM idempotency
                    WHERE key = ? AND method = ? AND path = ? AND created > ?
                    """,
                arguments: request.arguments + [now.milliseconds - KeptAnswer.lifetime]
            )
            return row.map { row in
                KeptAnswer(
                    bodyHash: row["body_hash"],
                    status: row["status"],
                    content: Array(row["content"] as Data)
                )
            }
        }
    }

    package func keep(
        _ answer: KeptAnswer,
        to request: RepeatableRequest,
        now: Timestamp
    ) async throws(StoreError) {
        try await writing { database in
            try database.execute(
                sql: "DELETE FROM idempotency WHERE created <= ?",
                arguments: [now.milliseconds - KeptAnswer.lifetime]
            )
            try database.execute(
                sql: """
                    INSERT INTO idempotency
                        (key, method, path, body_hash, status, content, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: request.arguments
                    + [answer.bodyHash, answer.status, Data(answer.content), now.milliseconds]
            )
        }
    }
}

extension RepeatableRequest {
    fileprivate var arguments: StatementArguments { [key.description, method, path] }
}
