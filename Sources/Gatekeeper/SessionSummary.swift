package import AccessControl
package import Admission
package import SessionLink

/// One open connection as operators see it.
package struct SessionSummary: Equatable, Sendable {
    /// How far it has come.
    package enum Phase: String, CaseIterable, Sendable {
        /// The socket is accepted, the key exchange not done.
        case connecting
        /// The key exchange is done, nobody has signed in.
        case authenticating
        /// Somebody has signed in.
        case open
        /// It was told to end.
        case ending
    }

    package var id: SessionID
    package var phase: Phase
    /// `address:port`, the address in brackets for IPv6.
    package var peer: String
    /// The user's uuid and name, once signed in.
    package var userID: String?
    package var userName: String?
    /// The server's uuid and short id, once signed in.
    package var serverID: String?
    package var serverShortID: String?
    /// The fingerprint of the key that signed in; nil where none was shown.
    package var keyFingerprint: String?
    /// The client's version line, escaped.
    package var client: String?
    package var rights: FileRights
    /// Seconds since 1970.
    package var since: Double
    package var processID: Int32
    package var counters: SessionCounters
    /// What it was asked for last; nil before anything was.
    package var request: SessionRequest?
    package var rates: TransferRates

    package init(
        id: SessionID,
        phase: Phase,
        peer: String,
        userID: String? = nil,
        userName: String? = nil,
        serverID: String? = nil,
        serverShortID: String? = nil,
        keyFingerprint: String? = nil,
        client: String? = nil,
        rights: FileRights = [],
        since: Double,
        processID: Int32,
        counters: SessionCounters = SessionCounters(),
        request: SessionRequest? = nil,
        rates: TransferRates = TransferRates()
    ) {
        self.id = id
        self.phase = phase
        self.peer = peer
        self.userID = userID
        self.userName = userName
        self.serverID = serverID
        self.serverShortID = serverShortID
        self.keyFingerprint = keyFingerprint
        self.client = client
        self.rights = rights
        self.since = since
        self.processID = processID
        self.counters = counters
        self.request = request
        self.rates = rates
    }
}

extension SessionSummary {
    /// Where its client comes from, without the port.
    package var address: IPAddress? { IPAddress(peerHost) }
}

/// What a session was asked for last.
package struct SessionRequest: Equatable, Sendable {
    package var operation: FileOperation
    /// The path inside the server, escaped; of a long one the end.
    package var path: String
    /// Seconds since 1970 when it began.
    package var since: Double
    /// Whether it is done.
    package var isAnswered: Bool

    package init(operation: FileOperation, path: String, since: Double, isAnswered: Bool) {
        self.operation = operation
        self.path = path
        self.since = since
        self.isAnswered = isAnswered
    }
}
