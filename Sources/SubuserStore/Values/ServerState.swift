/// What a server is in the middle of; only `normal` lets anybody in.
package enum ServerState: String, CaseIterable, Sendable {
    /// Installed; running or stopped.
    case normal
    case suspended
    case installing
    case restoring
    case transferring

    /// Reads one of the names.
    ///
    /// - Throws: `serverState`.
    package init(_ name: String) throws(InvalidValue) {
        guard let state = ServerState(rawValue: name) else { throw .serverState }
        self = state
    }

    /// Whether people may sign in.
    package var allowsAccess: Bool {
        switch self {
        case .normal: true
        case .suspended, .installing, .restoring, .transferring: false
        }
    }
}
