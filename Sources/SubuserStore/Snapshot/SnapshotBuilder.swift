package import AccessControl

/// Collects a document's records in any order and sees that they can stand together.
package struct SnapshotBuilder: Sendable {
    /// The most records that a document has: a hundred times what a large host holds.
    package static let maximumCount = 1_000_000

    private var snapshot = Snapshot()
    private var count = 0
    private var summary: (counts: SnapshotCounts, line: Int)?
    private var lines = Lines()

    /// Where each record was found.
    private struct Lines {
        var users: [UserID: Int] = [:]
        var userNames: [UserName: Int] = [:]
        var emails: [Email: Int] = [:]
        var keys: [KeyPlace: Int] = [:]
        var servers: [ServerID: Int] = [:]
        var shortIDs: [ShortID: Int] = [:]
        var subusers: [SubuserPlace: Int] = [:]
        var delegations: [DelegationPlace: Int] = [:]
    }

    package init() {}

    /// Takes what the document says about how much it holds.
    package mutating func add(
        _ counts: SnapshotCounts,
        line: Int
    ) throws(SnapshotProblem) {
        if let summary { throw .repeated(.summary, line: line, earlier: summary.line) }
        summary = (counts, line)
    }

    package mutating func add(
        _ user: NewUser,
        policy: PolicyMention = .said,
        line: Int
    ) throws(SnapshotProblem) {
        try claim(user.id, in: \.users, as: .user, line: line)
        try claim(user.name, in: \.userNames, as: .userName, line: line)
        try claim(user.email, in: \.emails, as: .email, line: line)
        snapshot.users[user.id] = user
        if policy == .unsaid { snapshot.usersOfUnsaidPolicy.insert(user.id) }
        try count(line)
    }

    /// Takes a key; without a name it gets its comment as one, where that can be a name.
    package mutating func add(
        _ key: PublicKey,
        name: DisplayName?,
        of user: UserID,
        line: Int
    ) throws(SnapshotProblem) {
        let place = KeyPlace(userID: user, fingerprint: key.fingerprint)
        try claim(place, in: \.keys, as: .key, line: line)
        snapshot.keys[place] = PlacedKey(
            kind: key.kind,
            blob: key.blob,
            name: name ?? (try? DisplayName(key.comment))
        )
        try count(line)
    }

    package mutating func add(
        _ server: NewServer,
        policy: PolicyMention = .said,
        line: Int
    ) throws(SnapshotProblem) {
        try claim(server.id, in: \.servers, as: .server, line: line)
        try claim(ShortID(of: server.id), in: \.shortIDs, as: .shortID, line: line)
        snapshot.servers[server.id] = server
        if policy == .unsaid { snapshot.serversOfUnsaidPolicy.insert(server.id) }
        try count(line)
    }

    package mutating func addSubuser(
        _ user: UserID,
        on server: ServerID,
        permissions: PermissionSet,
        line: Int
    ) throws(SnapshotProblem) {
        let place = SubuserPlace(serverID: server, userID: user)
        try claim(place, in: \.subusers, as: .subuser, line: line)
        snapshot.subusers[place] = permissions
        try count(line)
    }

    package mutating func addDelegation(
        by owner: UserID,
        to user: UserID,
        permissions: PermissionSet,
        line: Int
    ) throws(SnapshotProblem) {
        guard owner != user else { throw .ownDelegation(line: line) }
        let place = DelegationPlace(ownerID: owner, userID: user)
        try claim(place, in: \.delegations, as: .delegation, line: line)
        snapshot.delegations[place] = permissions
        try count(line)
    }

    /// The whole, once everything is there.
    ///
    /// - Throws: The problem of the first line that has one.
    package func finish() throws(SnapshotProblem) -> Snapshot {
        guard count > 0 || summary != nil else { throw .empty }
        // Whatever a cut-off document lacks, that it lacks something is the thing to say.
        if let summary, summary.counts != snapshot.counts {
            throw .miscounted(line: summary.line, said: summary.counts, found: snapshot.counts)
        }
        let problems = danglingReferences + [nestedDirectory].compactMap { $0 }
        if let first = problems.min(by: { ($0.line ?? 0) < ($1.line ?? 0) }) { throw first }
        return snapshot
    }

    private mutating func claim<Value: Hashable>(
        _ value: Value,
        in places: WritableKeyPath<Lines, [Value: Int]>,
        as unique: SnapshotProblem.Unique,
        line: Int
    ) throws(SnapshotProblem) {
        if let earlier = lines[keyPath: places].updateValue(line, forKey: value) {
            throw .repeated(unique, line: line, earlier: earlier)
        }
    }

    private mutating func count(_ line: Int) throws(SnapshotProblem) {
        count += 1
        if count > Self.maximumCount { throw .tooMany(line: line) }
    }

    private var danglingReferences: [SnapshotProblem] {
        var problems: [SnapshotProblem] = []
        for (place, line) in lines.keys where lines.users[place.userID] == nil {
            problems.append(.missing(.user, line: line))
        }
        for (id, line) in lines.servers {
            guard let server = snapshot.servers[id], lines.users[server.ownerID] == nil else {
                continue
            }
            problems.append(.missing(.owner, line: line))
        }
        for (place, line) in lines.subusers {
            if lines.users[place.userID] == nil { problems.append(.missing(.user, line: line)) }
            if let server = snapshot.servers[place.serverID] {
                if server.ownerID == place.userID { problems.append(.ownerAsSubuser(line: line)) }
            } else {
                problems.append(.missing(.server, line: line))
            }
        }
        for (place, line) in lines.delegations {
            if lines.users[place.userID] == nil { problems.append(.missing(.user, line: line)) }
            if lines.users[place.ownerID] == nil { problems.append(.missing(.owner, line: line)) }
        }
        return problems
    }

    /// Two servers of which one lies in the other's directory.
    ///
    /// Ordered by their bytes, with a slash at the end, everything below a directory follows right
    /// after it: when there is such a pair at all, there is one of neighbours.
    private var nestedDirectory: SnapshotProblem? {
        let paths = snapshot.servers.values
            .map { (path: Array(($0.directory.path + "/").utf8), line: lines.servers[$0.id] ?? 0) }
            .sorted { $0.path.lexicographicallyPrecedes($1.path) }
        return zip(paths, paths.dropFirst())
            .filter { $1.path.starts(with: $0.path) }
            .map { outer, inner in
                .repeated(
                    .directory,
                    line: max(outer.line, inner.line),
                    earlier: min(outer.line, inner.line)
                )
            }
            .min { ($0.line ?? 0) < ($1.line ?? 0) }
    }
}
