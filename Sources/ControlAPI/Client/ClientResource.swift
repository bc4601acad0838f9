/// What a path of the panel-shaped part names.
///
/// The names inside are as the caller wrote them, with the percent-encoding undone.
enum ClientResource: Equatable {
    case subusers(server: String)
    case subuser(user: String, server: String)
    case activity(server: String)
    case permissions
    /// The call that panels make to a node when somebody's access has changed.
    case deauthorization

    /// Whether a path belongs to this part, and its errors have this part's form.
    static func covers(_ path: String) -> Bool {
        path == "/api" || path.hasPrefix("/api/")
    }

    /// Reads the path of a request; nil for one that names nothing.
    init?(path: String) {
        guard let names = Resource.names(inPath: path), names.first == "api" else { return nil }
        let rest = Array(names.dropFirst())
        switch (rest.first, rest.count) {
        case ("deauthorize-user", 1): self = .deauthorization
        case ("client", 2) where rest[1] == "permissions": self = .permissions
        case ("client", 4) where rest[1] == "servers" && rest[3] == "users":
            self = .subusers(server: rest[2])
        case ("client", 4) where rest[1] == "servers" && rest[3] == "activity":
            self = .activity(server: rest[2])
        case ("client", 5) where rest[1] == "servers" && rest[3] == "users":
            self = .subuser(user: rest[4], server: rest[2])
        default: return nil
        }
    }

    /// What can be done with it.
    var verbs: [Verb] { template.operations.map(\.verb) }

    /// What a method does with it; nil where it means nothing here.
    func operation(_ method: String) -> Operation? { template.operation(method) }
}
