import SubuserStore

/// What came of ending sessions, told apart by user and server.
struct PlacedOutcome {
    private let sessions: [SubuserPlace: [EndedSession]]
    private let milliseconds: Int

    init(_ whole: RevocationOutcome) {
        milliseconds = whole.milliseconds
        var sessions: [SubuserPlace: [EndedSession]] = [:]
        for session in whole.sessions {
            guard let user = session.userID, let server = session.serverID else { continue }
            sessions[SubuserPlace(serverID: server, userID: user), default: []].append(session)
        }
        self.sessions = sessions
    }

    /// What ended for a user on a server.
    subscript(place: SubuserPlace) -> RevocationOutcome {
        outcome(of: place.userID, on: [place.serverID])
    }

    /// What ended for a user on any of these servers.
    func outcome(of user: UserID, on servers: [ServerID]) -> RevocationOutcome {
        let found = servers.flatMap { server in
            sessions[SubuserPlace(serverID: server, userID: user)] ?? []
        }
        return RevocationOutcome(found, milliseconds: found.isEmpty ? 0 : milliseconds)
    }
}

extension Subuser {
    var place: SubuserPlace { SubuserPlace(serverID: serverID, userID: userID) }
}
