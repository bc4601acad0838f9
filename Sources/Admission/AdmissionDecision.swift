/// Whether a connection, or a sign-in on it, may go on.
package enum AdmissionDecision: Hashable, Sendable {
    case admitted
    case refused(AdmissionRefusal)

    /// Why not; nil where it may go on.
    package var refusal: AdmissionRefusal? {
        switch self {
        case .admitted: nil
        case .refused(let refusal): refusal
        }
    }
}

/// Why a connection, or a sign-in on it, may not go on.
///
/// Everything that stands before and beside the credentials is here, so that logs and metrics have
/// one list of names.
package enum AdmissionRefusal: Hashable, Sendable {
    /// The deny list has this range.
    case denied(range: AddressRange)
    /// There is an allow list, and the address is not in it.
    case notListed
    /// It did not come through a trusted proxy, as every connection must.
    case notThroughProxy
    /// The trusted proxy's header is missing, wrong or late.
    case proxyHeader
    /// Banned by hand.
    case banned(BanReport)
    /// The source has a penalty that is enforced; it ends in so many milliseconds.
    case penalty(remaining: Int64, latest: Offence)
    /// Too many sources have guessed at this account lately, and this source is a stranger to it.
    case accountPenalty(remaining: Int64)
    /// All connections together.
    case connections(limit: Int)
    /// All connections that have not signed in.
    case unauthenticatedConnections(limit: Int)
    /// Drawn by lot, because so many connections have not signed in.
    case earlyDrop(unauthenticated: Int)
    /// All connections of the source.
    case sourceConnections(limit: Int)
    /// The connections of the source that have not signed in.
    case unauthenticatedSourceConnections(limit: Int)
    /// The connections of the user.
    case userConnections(limit: Int)
    /// The connections to the server.
    case serverConnections(limit: Int)
    /// The step does not follow from what the connection did before; it may be gone already.
    case outOfTurn

    /// A name for logs and metrics that never changes.
    package var name: String {
        switch self {
        case .denied: "denied_address"
        case .notListed: "address_not_listed"
        case .notThroughProxy: "not_through_proxy"
        case .proxyHeader: "proxy_header"
        case .banned: "banned"
        case .penalty: "penalty"
        case .accountPenalty: "account_penalty"
        case .connections: "connections"
        case .unauthenticatedConnections: "unauthenticated_connections"
        case .earlyDrop: "early_drop"
        case .sourceConnections: "source_connections"
        case .unauthenticatedSourceConnections: "unauthenticated_source_connections"
        case .userConnections: "user_connections"
        case .serverConnections: "server_connections"
        case .outOfTurn: "out_of_turn"
        }
    }
}

extension AdmissionRefusal: CustomStringConvertible {
    /// A sentence for operators; it is not for clients, whom it would tell how to do better.
    package var description: String {
        switch self {
        case .denied(let range): "addresses of \(range) are denied"
        case .notListed: "the address is not among those that are allowed"
        case .notThroughProxy: "connections must come through a trusted proxy"
        case .proxyHeader: "the proxy's header is missing, wrong or late"
        case .banned(let ban):
            ban.reason.isEmpty
                ? "\(ban.range) is banned" : "\(ban.range) is banned: \(ban.reason)"
        case .penalty(let remaining, let latest):
            "the source has a penalty for another \(Self.seconds(remaining)) s, lately for "
                + "\(latest)"
        case .accountPenalty(let remaining):
            "too many sources guess at this account; strangers wait another "
                + "\(Self.seconds(remaining)) s"
        case .connections(let limit): "there are \(limit) connections"
        case .unauthenticatedConnections(let limit):
            "there are \(limit) connections that have not signed in"
        case .earlyDrop(let count):
            "drawn by lot, because \(count) connections have not signed in"
        case .sourceConnections(let limit): "the source has \(limit) connections"
        case .unauthenticatedSourceConnections(let limit):
            "the source has \(limit) connections that have not signed in"
        case .userConnections(let limit): "the user has \(limit) connections"
        case .serverConnections(let limit): "the server has \(limit) connections"
        case .outOfTurn: "the connection is gone, or this is not its turn"
        }
    }

    /// Whole seconds, rounded up: nobody is told to come back a moment too early.
    private static func seconds(_ milliseconds: Int64) -> Int64 {
        milliseconds / 1000 + (milliseconds % 1000 > 0 ? 1 : 0)
    }
}
