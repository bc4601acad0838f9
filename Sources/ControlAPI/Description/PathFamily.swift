/// Paths that answer errors in the same form; the document is made from every case.
protocol PathFamily: CaseIterable, RawRepresentable<String> {
    /// What can be done at the path.
    var operations: [Operation] { get }

    /// Under which heading people find it.
    var tag: PathTag { get }

    /// The content of an error of this status that has one of these codes.
    static func errorSchema(status: Int, codes: [String]) -> Schema

    /// The errors that every such operation may answer.
    func commonFailures(of operation: Operation) -> [Operation.Failure]
}

extension PathFamily {
    /// What a method does at the path; nil where it means nothing there.
    func operation(_ method: String) -> Operation? {
        operations.first { $0.verb.rawValue == method }
    }

    /// What stands in braces, in its order.
    var names: [PathName] {
        rawValue.split(separator: "/").compactMap { part in
            PathName.allCases.first { part == "{\($0.rawValue)}" }
        }
    }
}

/// The headings of the document, in their order.
enum PathTag: String, CaseIterable {
    case gate = "Gate"
    case users = "Users"
    case keys = "Keys"
    case signIn = "Second factors and app passwords"
    case delegations = "Delegations"
    case servers = "Servers"
    case subusers = "Subusers"
    case sessions = "Sessions"
    case bans = "Bans"
    case activity = "Activity"
    case permissions = "Permissions"
    case snapshot = "Snapshot"
    case panel = "In the form of the panels"
}

/// What stands for a name in a path.
enum PathName: String, CaseIterable {
    case user
    case owner
    case fingerprint
    case appPassword
    case server
    case session
    case job
    case subject

    var schema: Schema {
        switch self {
        case .user, .owner: .userReference
        case .fingerprint: .fingerprint
        case .appPassword: .uuid
        case .server: .serverReference
        case .session: .sessionID
        case .job: .jobID
        case .subject:
            .text.described("An address, a range, or a user's uuid, name or email address.")
        }
    }
}
