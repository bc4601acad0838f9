/// Counts connections, and says whether one more may come or sign in.
///
/// A connection is admitted, is told its source where that comes later, may sign in once, and ends.
/// What it was counted for is kept with its id, so that its end takes away exactly that: no count
/// can become negative or stay behind, in whatever order and how often these are called.
///
/// A refusal changes nothing. A connection that was refused on admission is not counted and needs
/// no end; one that was refused later is counted until it ends.
package struct ConnectionLedger<
    ID: Hashable & Sendable,
    User: Hashable & Sendable,
    Server: Hashable & Sendable
>: Sendable {
    /// The limits; lower ones take effect for those who come, and end nobody.
    package var caps: ConnectionCaps

    private var entries: [ID: Entry] = [:]
    /// Connections that have not signed in: of strangers, and on places kept for others.
    private var unauthenticated = 0
    private var reserved = 0
    private var sources = Tally<Source>()
    private var unauthenticatedSources = Tally<Source>()
    private var users = Tally<User>()
    private var servers = Tally<Server>()

    /// Without any connection.
    package init(_ caps: ConnectionCaps = ConnectionCaps()) {
        self.caps = caps
    }

    /// Decides about a new connection, and counts it if it may come.
    ///
    /// Without a source the connection waits for a PROXY header, and `identify` decides about its
    /// source. `random` is for `EarlyDrop`: drawn anew, evenly from 0 up to but not 1.
    ///
    /// `isFamiliar` says that somebody signed in from there lately. There are as many places for
    /// such sources alone as there are for all: strangers, however many, never take these. Who
    /// finds none of them free has the chance of a stranger.
    package mutating func admit(
        _ id: ID,
        from source: Source?,
        isFamiliar: Bool = false,
        random: Double
    ) -> AdmissionDecision {
        guard entries[id] == nil else { return .refused(.outOfTurn) }
        guard entries.count < caps.total else { return .refused(.connections(limit: caps.total)) }
        // Before the lot, which may refuse the innocent: a greedy source is refused for certain.
        if let source, let refusal = refusal(of: source) { return .refused(refusal) }
        let isReserved = isFamiliar && reserved < caps.unauthenticated.full
        if isReserved {
            reserved += 1
        } else {
            let refusal = caps.unauthenticated.refusal(count: unauthenticated, random: random)
            if let refusal { return .refused(refusal) }
            unauthenticated += 1
        }
        entries[id] = Entry(isReserved: isReserved)
        if let source { count(id, from: source) }
        return .admitted
    }

    /// Tells the source of a connection that was admitted without one.
    package mutating func identify(_ id: ID, as source: Source) -> AdmissionDecision {
        guard let entry = entries[id], entry.source == nil, entry.account == nil else {
            return .refused(.outOfTurn)
        }
        if let refusal = refusal(of: source) { return .refused(refusal) }
        count(id, from: source)
        return .admitted
    }

    /// Decides about a sign-in with right credentials, and counts it for the user and the server.
    package mutating func signIn(_ id: ID, user: User, server: Server) -> AdmissionDecision {
        guard let entry = entries[id], entry.account == nil else { return .refused(.outOfTurn) }
        guard users[user] < caps.perUser else {
            return .refused(.userConnections(limit: caps.perUser))
        }
        guard servers[server] < caps.perServer else {
            return .refused(.serverConnections(limit: caps.perServer))
        }
        entries[id]?.account = (user, server)
        leavePlace(of: entry)
        if let source = entry.source { unauthenticatedSources.remove(source) }
        users.add(user)
        servers.add(server)
        return .admitted
    }

    /// Takes a connection out; one that is not there, or not any more, changes nothing.
    package mutating func end(_ id: ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        if let source = entry.source { sources.remove(source) }
        if let (user, server) = entry.account {
            users.remove(user)
            servers.remove(server)
        } else {
            leavePlace(of: entry)
            if let source = entry.source { unauthenticatedSources.remove(source) }
        }
    }

    /// What is counted now.
    package var figures: ConnectionFigures {
        ConnectionFigures(
            total: entries.count,
            unauthenticated: unauthenticated + reserved,
            sources: sources.count,
            unauthenticatedSources: unauthenticatedSources.count,
            users: users.count,
            servers: servers.count
        )
    }

    private func refusal(of source: Source) -> AdmissionRefusal? {
        guard sources[source] < caps.perSource else {
            return .sourceConnections(limit: caps.perSource)
        }
        guard unauthenticatedSources[source] < caps.unauthenticatedPerSource else {
            return .unauthenticatedSourceConnections(limit: caps.unauthenticatedPerSource)
        }
        return nil
    }

    /// Frees the place that a connection had until it signed in.
    private mutating func leavePlace(of entry: Entry) {
        if entry.isReserved { reserved -= 1 } else { unauthenticated -= 1 }
    }

    private mutating func count(_ id: ID, from source: Source) {
        entries[id]?.source = source
        sources.add(source)
        unauthenticatedSources.add(source)
    }

    /// What a connection is counted for.
    private struct Entry: Sendable {
        /// Whether it came in on a place for those who were here before.
        let isReserved: Bool
        var source: Source?
        var account: (user: User, server: Server)?
    }
}

/// How many there are of what is counted, for metrics.
package struct ConnectionFigures: Hashable, Sendable {
    package var total: Int
    package var unauthenticated: Int
    /// Different sources with a connection.
    package var sources: Int
    /// Different sources with a connection that has not signed in.
    package var unauthenticatedSources: Int
    /// Different users with a connection.
    package var users: Int
    /// Different servers with a connection.
    package var servers: Int

    /// Nobody is there.
    package static let none = ConnectionFigures(
        total: 0,
        unauthenticated: 0,
        sources: 0,
        unauthenticatedSources: 0,
        users: 0,
        servers: 0
    )
}
