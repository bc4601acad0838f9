import AccessControl
import GRDB

extension SQLiteStore {
    package func signInCredentials(
        userName: String
    ) throws(StoreError) -> SignInCredentials? {
        guard let name = try? UserName(userName) else { return nil }
        return try readingNow { try Rows(path: path).credentials(of: name, in: $0) }
    }

    package func access(
        userName: String,
        server: String
    ) throws(StoreError) -> AccessRecord? {
        guard let name = try? UserName(userName), let reference = ServerReference(server) else {
            return nil
        }
        let rows = Rows(path: path)
        return try readingNow { database in
            guard let user = try rows.credentials(of: name, in: database),
                let server = try rows.server(reference, in: database)
            else { return nil }
            return AccessRecord(
                user: user,
                server: server,
                permissions: try rows.sharedPermissions(of: user.id, on: server, in: database)
            )
        }
    }
}
