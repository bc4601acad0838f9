/// What a command's exit status says to scripts.
///
/// Wrong usage ends with 64 (`EX_USAGE`), as everywhere in swift-argument-parser.
package enum ExitStatus: Int32, Sendable {
    /// The gate refused, or something else went wrong.
    case failure = 1
    /// What was named does not exist.
    case notFound = 3
    /// What was to be made exists already, or the change contradicts something else.
    case conflict = 4
    /// The gate is not running (`EX_UNAVAILABLE`).
    case notRunning = 69
    /// This user may not speak to the gate (`EX_NOPERM`).
    case notPermitted = 77
    /// The configuration is wrong (`EX_CONFIG`).
    case badConfiguration = 78
}

/// A command that did not do what it was asked for.
package struct CommandFailure: Error, Equatable {
    package var status: ExitStatus
    /// What went wrong, as one sentence.
    package var message: String
    /// What to do about it, where there is something.
    package var hint: String?

    package init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
        self.status = status
        self.message = message
        self.hint = hint
    }
}
