import AccessControl
import GRDB

extension SQLiteStore {
    package func servers() async throws(StoreError) -> [Server] {
        let rows = Rows(path: path)
        return try await reading { database in
            try Row.fetchAll(
                database,
                sql: "\(Rows.serverSelection) ORDER BY servers.name, servers.uuid"
            ).map { try rows.server($0) }
        }
    }

    package func server(_ reference: ServerReference) async throws(StoreError) -> Server {
        let rows = Rows(path: path)
        return try await reading { try rows.existingServer(reference, in: $0) }
    }

    package func addServer(_ server: NewServer) async throws(StoreError) -> Server {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            _ = try rows.existingUser(.id(server.ownerID), in: database)
            // The same uuid has the same short id; this one of the two is worth telling.
            guard try rows.server(.id(server.id), in: database) == nil else {
                throw StoreError.alreadyExists(.serverID)
            }
            try rows.checkDirectory(server.directory, of: server.id, in: database)
            try database.execute(
                sql: """
                    INSERT INTO servers
                        (uuid, short_id, name, owner, directory, state, sign_in,
                            created, updated)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    server.id.description, ShortID(of: server.id).description,
                    server.name.description, server.ownerID.description, server.directory.path,
                    server.state.rawValue, server.policy.map { Rows.text(of: $0) }, now, now,
                ]
            )
            return try rows.existingServer(.id(server.id), in: database)
        }
    }

    package func changeServer(
        _ id: ServerID,
        _ edit: ServerEdit
    ) async throws(StoreError) -> ServerChange {
        let rows = Rows(path: path)
        let now = Timestamp.now.milliseconds
        return try await writing { database in
            let before = try rows.existingServer(.id(id), in: database)
            var change = ServerChange(before: before, after: edit.applied(to: before))
            guard change.isChange else { return change }
            let owner = try rows.existingUser(.id(change.after.ownerID), in: database)
            if change.after.directory != before.directory {
                try rows.checkDirectory(change.after.directory, of: id, in: database)
            }
            try database.execute(
                sql: """
                    UPDATE servers SET name = ?, owner = ?, directory = ?, state = ?, sign_in = ?,
                        updated = ?
                    WHERE uuid = ?
                    """,
                arguments: [
                    change.after.name.description, owner.id.description,
                    change.after.directory.path, change.after.state.rawValue,
                    change.after.policy.map { Rows.text(of: $0) }, now, id.description,
                ]
            )
            change.endedSubuser = try rows.subuser(owner.id, on: id, in: database)
            if change.endedSubuser != nil { try rows.deleteSubuser(owner.id, on: id, in: database) }
            change.after = try rows.existingServer(.id(id), in: database)
            return change
        }
    }

    package func removeServer(_ id: ServerID) async throws(StoreError) -> RemovedServer {
        let rows = Rows(path: path)
        return try await writing { database in
            let removed = RemovedServer(
                server: try rows.existingServer(.id(id), in: database),
                subusers: try rows.subusers(of: id, in: database)
            )
            try database.execute(
                sql: "DELETE FROM servers WHERE uuid = ?",
                arguments: [id.description]
            )
            return removed
        }
    }
}

extension Rows {
    /// Refuses a directory that is another server's, lies in one or holds one.
    ///
    /// Otherwise whoever may use the outer server would use the inner one too, whatever the inner
    /// one's permissions and state say.
    func checkDirectory(
        _ directory: ServerDirectory,
        of server: ServerID,
        in database: Database
    ) throws {
        let others = try String.fetchCursor(
            database,
            sql: "SELECT directory FROM servers WHERE uuid <> ?",
            arguments: [server.description]
        )
        let mine = (directory.path + "/").utf8
        while let other = try others.next() {
            let theirs = (other + "/").utf8
            guard !mine.starts(with: theirs), !theirs.starts(with: mine) else {
                throw StoreError.alreadyExists(.directory)
            }
        }
    }

    /// The server that `reference` names, which must exist.
    func existingServer(_ reference: ServerReference, in database: Database) throws -> Server {
        guard let server = try server(reference, in: database) else {
            throw StoreError.notFound(.server)
        }
        return server
    }
}

extension ServerEdit {
    fileprivate func applied(to server: Server) -> Server {
        var server = server
        server.name = name ?? server.name
        server.ownerID = ownerID ?? server.ownerID
        server.directory = directory ?? server.directory
        server.state = state ?? server.state
        server.policy = policy.applied(to: server.policy)
        return server
    }
}
