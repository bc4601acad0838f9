/// A user, as the control API shows one.
struct UserAnswer: Decodable {
    let uuid: String
    let username: String
    let email: String
    let administrator: Bool
    let hasPassword: Bool
    let twoFactor: Bool
    let disabled: Bool
    let signIn: [String]?
    let keys: Int
    let createdAt: String
}

/// A public key, as the control API shows one.
struct KeyAnswer: Decodable {
    let fingerprint: String
    let type: String
    let name: String?
    let createdAt: String
}

/// A second factor, as the control API shows one.
struct SecondFactorAnswer: Decodable {
    let confirmed: Bool
    let pending: Bool
    let recoveryCodesLeft: Int
    let createdAt: String
}

/// A second factor with what an authenticator has to know of it, as the control API answers it.
struct EnrolmentAnswer: Decodable {
    let secondFactor: SecondFactorAnswer
    let secret: String
    let uri: String
}

/// Recovery codes, as the control API answers them.
struct RecoveryCodesAnswer: Decodable {
    let recoveryCodes: [String]
}

/// An app password, as the control API shows one.
struct AppPasswordAnswer: Decodable {
    let uuid: String
    let name: String
    let server: String?
    let createdAt: String
}

/// A server, as the control API shows one.
struct ServerAnswer: Decodable {
    let uuid: String
    let shortId: String
    let name: String
    let owner: String
    let ownerName: String
    let directory: String
    let state: String
    let signIn: [String]?
}

/// A subuser of a server, as the control API shows one.
struct SubuserAnswer: Decodable {
    let user: String
    let username: String
    let email: String
    let twoFactor: Bool
    let permissions: [String]
    let createdAt: String
}

/// An invitation to a server, as the control API shows one.
struct InvitationAnswer: Decodable {
    let uuid: String
    let email: String
    let permissions: [String]
    let createdAt: String
    let expiresAt: String
}

/// Access to all servers of an owner, as the control API shows it.
struct DelegationAnswer: Decodable {
    let owner: String
    let ownerName: String
    let user: String
    let username: String
    let email: String
    let twoFactor: Bool
    let permissions: [String]
    let createdAt: String
}

/// What somebody may do on a server, as the control API shows it.
struct StandingAnswer: Decodable {
    let server: String
    let shortId: String
    let name: String
    let role: String
    let permissions: [String]
}

/// An open connection, as the control API shows one.
struct SessionAnswer: Decodable {
    let id: String
    let phase: String
    let peer: String
    let username: String?
    let serverShortId: String?
    let client: String?
    let since: String
    let contentRead: UInt64
    let contentWritten: UInt64
    let readRate: UInt64
    let writeRate: UInt64
    let request: SessionRequestAnswer?
}

/// What a session was asked for last, as the control API shows it.
struct SessionRequestAnswer: Decodable {
    let operation: String
    let path: String
    let since: String
    let answered: Bool
}

/// An entry of the activity record, as the control API shows one.
struct ActivityAnswer: Decodable {
    let id: Int
    let at: String
    let event: String
    let username: String?
    let server: String?
    let ip: String?
    let actor: String?
    var properties: [String: JSONValue]?
}

/// A revocation with what has become of it, as the control API shows one.
struct RevocationJobAnswer: Decodable {
    let job: String
    let number: Int64?
    let state: String
    let selector: [String: JSONValue]
    let reason: String?
    let actor: String
    let createdAt: String
    let endedAt: String?
    let resumed: Bool
    let revocation: RevocationAnswer?
    let requestsCut: UInt64
    let bytesWritten: UInt64
    let bytesRead: UInt64
    /// Only where one revocation is shown.
    let sessions: [EndedSessionAnswer]?
    /// Only where one is asked for.
    let repeated: Bool?
}

/// A session that a revocation ended, as the control API shows one.
struct EndedSessionAnswer: Decodable {
    let id: String
    let username: String?
    let serverShortId: String?
    let ended: String
    let requestsCut: UInt64
    let bytesWritten: UInt64
    let bytesRead: UInt64
}

/// What a revocation found and did, as the control API tells it.
struct RevocationAnswer: Decodable {
    let found: Int
    let endedByGoodbye: Int
    let endedByKill: Int
    let pending: [String]
    let milliseconds: Int
}

/// Any JSON value, to be shown as text.
enum JSONValue: Decodable {
    case null
    case flag(Bool)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let list = try? container.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The value as a person would write it on one line.
    var text: String {
        switch self {
        case .null: "-"
        case .flag(let flag): "\(flag)"
        case .number(let number): Int64(exactly: number).map(String.init) ?? "\(number)"
        case .text(let text): text
        case .list(let items): items.map(\.text).joined(separator: ",")
        case .object(let members): "(" + Self.fields(members).joined(separator: ", ") + ")"
        }
    }

    /// The members of an object, in the order of their names.
    static func fields(_ members: [String: JSONValue]) -> [String] {
        members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }
    }
}
