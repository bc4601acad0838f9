/// Why something was refused.
package enum Denial: Error, Hashable, Sendable {
    /// The person does not hold this right on this server.
    case missing(FileRight)
}

extension Denial: CustomStringConvertible {
    /// The sentence a client shows.
    package var description: String {
        switch self {
        case .missing(let right): "Permission denied: \(right.rawValue) is required"
        }
    }
}

/// The answer to "may this be done?", always with its reason.
package enum Decision: Hashable, Sendable {
    case allowed
    case denied(Denial)
}

/// Decides file operations from the rights that a session was granted.
package struct FilePolicy: Sendable {
    /// What the session's person may do on its one server.
    package let rights: FileRights

    package init(rights: FileRights) {
        self.rights = rights
    }

    /// Decides `operation`; a handle that created its file says so.
    package func decide(_ operation: FileOperation, onOwnCreation: Bool = false) -> Decision {
        // Without the right to be here nothing else counts.
        guard rights.includes(.sftp) else { return .denied(.missing(.sftp)) }
        if onOwnCreation, operation.isAllowedOnOwnCreation { return .allowed }
        let right = operation.requiredRight
        return rights.includes(right) ? .allowed : .denied(.missing(right))
    }

    /// Whether this person could ever be allowed `operation`; what is not, is not advertised.
    package func couldEverAllow(_ operation: FileOperation) -> Bool {
        switch decide(operation) {
        case .allowed: true
        case .denied:
            operation.isAllowedOnOwnCreation && decide(.createFile) == .allowed
        }
    }
}
