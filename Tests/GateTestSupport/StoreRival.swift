import GRDB

/// Another program that writes to a store for as long as it likes.
package struct StoreRival: Sendable {
    private let queue: DatabaseQueue

    /// Opens the store's file.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        queue = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Keeps everybody else from writing.
    package func begin() throws {
        try queue.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
    }

    /// Changes something.
    package func run(_ sql: String) throws {
        try queue.inDatabase { try $0.execute(sql: sql) }
    }

    /// Lets the others write again.
    package func end() throws {
        try queue.inDatabase { try $0.execute(sql: "COMMIT") }
    }
}
