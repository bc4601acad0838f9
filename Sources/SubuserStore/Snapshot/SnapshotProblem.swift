/// Why a document's records cannot stand together; lines are counted from 1.
package enum SnapshotProblem: Error, Hashable {
    /// What may be there once only.
    package enum Unique: Sendable {
        case summary, user, userName, email, key, server, shortID, directory, subuser, delegation
    }

    /// What a record names that must be there.
    package enum Reference: Sendable {
        case user, owner, server
    }

    case repeated(Unique, line: Int, earlier: Int)
    case missing(Reference, line: Int)
    case ownerAsSubuser(line: Int)
    case ownDelegation(line: Int)
    /// The records are not as many as the document itself says.
    case miscounted(line: Int, said: SnapshotCounts, found: SnapshotCounts)
    /// There is nothing in it, and it does not say that this is meant.
    case empty
    case tooMany(line: Int)

    /// The line that it shows at; nil for the whole document.
    var line: Int? {
        switch self {
        case .repeated(_, let line, _), .missing(_, let line), .ownerAsSubuser(let line),
            .ownDelegation(let line), .miscounted(let line, _, _), .tooMany(let line):
            line
        case .empty: nil
        }
    }
}

extension SnapshotProblem: CustomStringConvertible {
    /// One sentence for people, with the lines.
    package var description: String {
        guard let line else {
            return "The document is empty. One that means to remove everything says so in a line "
                + "of kind snapshot whose counts are all 0."
        }
        return "Line \(line): " + reason
    }

    private var reason: String {
        switch self {
        case .repeated(let unique, _, let earlier):
            "\(Self.describe(unique)) \(earlier) already."
        case .missing(.user, _): "There is no user with this uuid in the document."
        case .missing(.owner, _): "There is no user with the owner's uuid in the document."
        case .missing(.server, _): "There is no server with this uuid in the document."
        case .ownerAsSubuser: "The owner of a server cannot be its subuser."
        case .ownDelegation: "Nobody can delegate their servers to themselves."
        case .miscounted(_, let said, let found):
            "The document says that it holds \(Self.describe(said)), and holds "
                + "\(Self.describe(found)); it is not complete."
        case .empty: ""
        case .tooMany: "A document has at most \(SnapshotBuilder.maximumCount) records."
        }
    }

    private static func describe(_ unique: Unique) -> String {
        switch unique {
        case .summary: "The counts are on line"
        case .user: "The user with this uuid is on line"
        case .userName: "A user of this name is on line"
        case .email: "A user with this email address is on line"
        case .key: "This user has this key on line"
        case .server: "The server with this uuid is on line"
        case .shortID:
            "A server whose uuid begins with the same \(ShortID.length) characters is on line"
        case .directory: "A server with this directory, or one within it or around it, is on line"
        case .subuser: "This user is a subuser of this server on line"
        case .delegation: "This delegation is on line"
        }
    }

    private static func describe(_ counts: SnapshotCounts) -> String {
        "\(counts.users) users, \(counts.keys) keys, \(counts.servers) servers, "
            + "\(counts.subusers) subusers and \(counts.delegations) delegations"
    }
}
