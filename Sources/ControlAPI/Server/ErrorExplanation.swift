import Hummingbird
import Logging

/// What a caller is told of an error; each form of the API has its own.
protocol ErrorExplanation {
    /// Sorts whatever a route may throw.
    init(_ error: any Error)

    /// The HTTP status (RFC 9110 section 15).
    var status: Int { get }

    /// How the log begins to tell of a failure of ours.
    static var failureMessage: Logger.Message { get }
}

extension ErrorExplanation {
    /// Explains the error of a request, and leaves what the caller is not told in the log.
    init(_ error: any Error, of request: Request, logger: Logger) {
        self.init(error)
        guard status >= 500 else { return }
        logger.error(
            Self.failureMessage,
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(request.uri.path)",
                "error": "\(error)",
            ]
        )
    }
}

extension ControlError: ErrorExplanation {
    static let failureMessage: Logger.Message = "control request failed"
}

extension ClientError: ErrorExplanation {
    static let failureMessage: Logger.Message = "panel request failed"
}
