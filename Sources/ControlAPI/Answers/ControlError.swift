import Gatekeeper
import SubuserStore

/// Why a request was not done; every one becomes a JSON answer.
enum ControlError: Error {
    case noSuchResource(path: String)
    case methodNotAllowed(method: String, allowed: [Verb])
    /// Not HTTP, or a method that HTTP does not know.
    case malformedRequest
    case bodyTooLarge
    case malformedJSON(detail: String)
    case notAnObject
    case unknownField(String, allowed: [String])
    case unknownParameter(String, allowed: [String])
    case missingField(String)
    case wrongType(field: String, expected: String)
    /// A field whose value means nothing.
    case invalidField(String, message: String)
    case invalid(InvalidValue)
    case noSelector
    /// Only the panel itself does this.
    case actingUserNotPossible
    /// The header of the acting user names nobody.
    case unknownActingUser
    case selectorsDisagree
    /// A line of a document that cannot be read; the first is 1.
    case snapshotLine(number: Int, reason: String)
    case snapshotTooLarge
    case idempotencyKey(RepeatableRequests.Refusal)
    /// A position that this store has not come to.
    case unknownPosition(Int64, latest: Int64)
    /// All streams of events that there may be are open.
    case tooManyStreams(limit: Int)
    case administration(AdministrationError)
    /// Something is wrong about one of several things; the first is 0.
    indirect case inBatch(index: Int, ControlError)
    /// A fault of ours; what it was is in the log.
    case unexpected

    /// Sorts whatever a route may throw.
    init(_ error: any Error) {
        switch error {
        case let error as ControlError: self = error
        case ContentFailure.tooLarge: self = .bodyTooLarge
        case ContentFailure.incomplete: self = .malformedRequest
        case let error as InvalidValue: self = .invalid(error)
        case AdministrationError.inBatch(let index, let error):
            self = .inBatch(index: index, .administration(error))
        case let error as AdministrationError: self = .administration(error)
        case let error as RepeatableRequests.Refusal: self = .idempotencyKey(error)
        default: self = .unexpected
        }
    }
}

extension ControlError {
    /// The resource knows other methods than that of the request.
    static func methodNotAllowed(_ request: ControlRequest) -> ControlError {
        .methodNotAllowed(method: request.verb.rawValue, allowed: request.resource.verbs)
    }

    /// The HTTP status (RFC 9110 section 15).
    var status: Int {
        switch self {
        case .noSuchResource: 404
        case .methodNotAllowed: 405
        case .bodyTooLarge, .snapshotTooLarge: 413
        case .malformedRequest, .malformedJSON: 400
        case .notAnObject, .unknownField, .unknownParameter, .missingField, .wrongType,
            .invalidField, .invalid, .noSelector, .selectorsDisagree, .snapshotLine,
            .idempotencyKey, .actingUserNotPossible:
            422
        case .unknownActingUser: 401
        case .unknownPosition: 409
        case .tooManyStreams: 503
        case .administration(let error): Self.status(of: error)
        case .inBatch(_, let error): error.status
        case .unexpected: 500
        }
    }

    /// A name that programs can rely on.
    var code: String {
        switch self {
        case .noSuchResource: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .malformedRequest: "malformed_request"
        case .bodyTooLarge, .snapshotTooLarge: "body_too_large"
        case .malformedJSON: "malformed_json"
        case .notAnObject: "not_an_object"
        case .unknownField: "unknown_field"
        case .unknownParameter: "unknown_parameter"
        case .missingField: "missing_field"
        case .wrongType: "wrong_type"
        case .invalidField(let name, _): "invalid_\(name)"
        case .invalid(let value): Self.code(of: value)
        case .noSelector: "missing_selector"
        case .actingUserNotPossible: "acting_user_not_possible"
        case .unknownActingUser: "acting_user_not_found"
        case .selectorsDisagree: "conflicting_selectors"
        case .snapshotLine: "invalid_snapshot"
        case .idempotencyKey(.unreadable): "invalid_idempotency_key"
        case .idempotencyKey(.reused): "idempotency_key_reused"
        case .unknownPosition: "unknown_position"
        case .tooManyStreams: "too_many_streams"
        case .administration(let error): Self.code(of: error)
        case .inBatch(_, let error): error.code
        case .unexpected: "internal_error"
        }
    }

    /// One sentence for people.
    var message: String {
        switch self {
        case .noSuchResource(let path): "There is nothing at \(path)."
        case .methodNotAllowed(let method, let allowed):
            "\(method) is not possible here; possible: "
                + allowed.map(\.rawValue).joined(separator: ", ") + "."
        case .malformedRequest: "The request cannot be read as HTTP/1.1."
        case .bodyTooLarge:
            "The body is larger than the \(ControlRequest.bodyLimit) bytes allowed."
        case .malformedJSON(let detail): "The body cannot be read as JSON: \(detail)."
        case .notAnObject: "The body must be a JSON object."
        case .unknownField(let name, let allowed):
            "There is no field '\(name)' here; possible: \(allowed.joined(separator: ", "))."
        case .unknownParameter(let name, let allowed):
            allowed.isEmpty
                ? "There is no parameter '\(name)' here; this path takes none."
                : "There is no parameter '\(name)' here; possible: "
                    + allowed.joined(separator: ", ") + "."
        case .missingField(let name): "The field '\(name)' is missing."
        case .wrongType(let field, let expected): "The field '\(field)' must be \(expected)."
        case .invalidField(_, let message): message
        case .invalid(let value): "\(value)"
        case .noSelector:
            "Say what to revoke: user, server, servers of a user, session, key, or \"all\": true."
        case .actingUserNotPossible: "The header Portcullis-Acting-User is not possible here."
        case .unknownActingUser: "The header Portcullis-Acting-User names nobody."
        case .selectorsDisagree:
            "Only user and server, or user and servers, can be given together; every other "
                + "selector stands alone."
        case .snapshotLine(let number, let reason): "Line \(number): \(reason)"
        case .snapshotTooLarge:
            "The document is larger than the \(SnapshotReader.sizeLimit) bytes allowed."
        case .idempotencyKey(.unreadable):
            "An Idempotency-Key has 1 to \(IdempotencyKey.maximumLength) printable characters of "
                + "ASCII."
        case .idempotencyKey(.reused):
            "Another request to this path had the same Idempotency-Key; use a new one for each."
        case .unknownPosition(let position, let latest):
            "The record ends at \(latest) and has never been at \(position); read anew what there "
                + "is, and follow from there."
        case .tooManyStreams(let limit):
            "There are \(limit) streams of events already, and there may be no more."
        case .administration(let error): "\(error)"
        case .inBatch(let index, let error): "Job \(index): \(error.message)"
        case .unexpected: "Something went wrong here; the gate's log has the details."
        }
    }

    private static func code(of value: InvalidValue) -> String {
        switch value {
        case .userName, .userNameTooLong, .userNameIsUUID: "invalid_username"
        case .email, .emailTooLong: "invalid_email"
        case .displayName: "invalid_name"
        case .directory: "invalid_directory"
        case .serverState: "invalid_state"
        case .publicKey: "invalid_public_key"
        }
    }
}
