import GRDB

extension StoreError {
    /// What an error of SQLite means to the caller.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(error, path: path)
        case is CancellationError: self = .unusable(path: path, detail: "the work was cancelled")
        default: self = .unusable(path: path, detail: "\(error)")
        }
    }

    private init(_ error: DatabaseError, path: String) {
        let message = error.message ?? "error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CONSTRAINT:
            if let field = UniqueField(violation: message) {
                self = .alreadyExists(field)
            } else {
                self = .unusable(path: path, detail: message)
            }
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .locked(path: path)
        case .SQLITE_CORRUPT: self = .damaged(path: path, detail: message)
        case .SQLITE_NOTADB: self = .damaged(path: path, detail: "it is not a SQLite database")
        default: self = .unusable(path: path, detail: message)
        }
    }
}

extension StoreError.UniqueField {
    /// Reads which columns SQLite names in "UNIQUE constraint failed: table.column, …".
    init?(violation message: String) {
        guard
            let field = Self.allCases.first(where: { message.hasSuffix(": " + $0.columns) })
        else { return nil }
        self = field
    }

    private var columns: String {
        switch self {
        case .userID: "users.uuid"
        case .userName: "users.username"
        case .email: "users.email"
        case .key: "keys.user, keys.fingerprint"
        case .serverID: "servers.uuid"
        case .shortID: "servers.short_id"
        case .directory: "servers.directory"
        case .subuser: "subusers.server, subusers.user"
        case .invitation: "invitations.server, invitations.email"
        case .secondFactor: "second_factors.user"
        case .appPassword: "app_passwords.user, app_passwords.name"
        }
    }
}
