import AccessControl
import Gatekeeper
import SubuserStore

/// Why a request to the panel-shaped part was not done.
///
/// Statuses and codes are those that panels' frontends know.
enum ClientError: Error {
    /// Nothing there, or nothing that the acting user can see.
    case notFound
    case methodNotAllowed(allowed: [Verb])
    case bodyTooLarge
    case malformedRequest
    case malformedJSON
    /// The header names nobody.
    case unauthenticated
    /// The server is in a state in which its people cannot change anything.
    case stateConflict(ServerState)
    case refused(AssignmentRefusal)
    case invalid([FieldProblem])
    case ownerAsSubuser
    case subuserExists
    case storeLocked
    /// A fault of ours; what it was is in the log.
    case unexpected

    /// Sorts whatever a route may throw.
    init(_ error: any Error) {
        switch error {
        case let error as ClientError: self = error
        case ContentFailure.tooLarge: self = .bodyTooLarge
        case ContentFailure.incomplete: self = .malformedRequest
        case let error as AdministrationError: self.init(error)
        case RepeatableRequests.Refusal.unreadable:
            self = .invalid([
                .wrong(
                    "Idempotency-Key",
                    "between",
                    "1 to \(IdempotencyKey.maximumLength) printable characters of ASCII"
                )
            ])
        case RepeatableRequests.Refusal.reused: self = .invalid([.reusedKey])
        default: self = .unexpected
        }
    }

    private init(_ error: AdministrationError) {
        switch error {
        case .store(let error): self.init(error)
        case .unknownPermissions(let names): self = .invalid([.unknown(names)])
        case .noSuchSession, .noSuchRevocation, .notBanned, .notGuessedAt: self = .notFound
        case .inBatch(_, let error): self.init(error)
        case .password, .wrongCode, .directory, .volumes, .notTheirAccount, .snapshot, .jobReused,
            .ban, .banTooWide, .severalSources:
            self = .unexpected
        }
    }

    private init(_ error: StoreError) {
        switch error {
        case .notFound: self = .notFound
        case .alreadyExists(.subuser), .alreadyExists(.invitation): self = .subuserExists
        case .ownerAsSubuser: self = .ownerAsSubuser
        case .refused(let refusal): self = .refused(refusal)
        case .locked: self = .storeLocked
        case .alreadyExists, .ownsServers, .ownDelegation, .secondFactorUnconfirmed,
            .tooManyAppPasswords, .damaged, .fromNewerVersion, .unusable:
            self = .unexpected
        }
    }
}

extension ClientError {
    /// The HTTP status (RFC 9110 section 15).
    var status: Int {
        switch self {
        case .malformedRequest, .malformedJSON, .ownerAsSubuser, .subuserExists: 400
        case .unauthenticated: 401
        case .refused: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .stateConflict: 409
        case .bodyTooLarge: 413
        case .invalid: 422
        case .unexpected: 500
        case .storeLocked: 503
        }
    }

    /// The name that panels' programs rely on.
    var code: String {
        switch self {
        case .malformedRequest, .malformedJSON: "BadRequestHttpException"
        case .ownerAsSubuser: "UserIsServerOwnerException"
        case .subuserExists: "ServerSubuserExistsException"
        case .unauthenticated: "AuthenticationException"
        case .refused(.missing), .refused(.ownAssignment): "AuthorizationException"
        case .refused(.notHeld), .refused(.strongerSubuser): "HttpForbiddenException"
        case .notFound: "NotFoundHttpException"
        case .methodNotAllowed: "MethodNotAllowedHttpException"
        case .stateConflict: "ServerStateConflictException"
        case .bodyTooLarge: "PostTooLargeException"
        case .invalid: "ValidationException"
        case .unexpected: "HttpException"
        case .storeLocked: "ServiceUnavailableHttpException"
        }
    }

    /// One sentence for people.
    var detail: String {
        switch self {
        case .malformedRequest: "The request cannot be read as HTTP/1.1."
        case .malformedJSON: "The body cannot be read as JSON."
        case .ownerAsSubuser: "The owner cannot be added as a subuser"
        case .subuserExists: "User already a subuser on this server"
        case .unauthenticated: "The acting user is not known here."
        case .refused(let refusal): "\(refusal)"
        case .notFound: "There is no such thing here, or none that you can see."
        case .methodNotAllowed(let allowed):
            "Possible here: " + allowed.map(\.rawValue).joined(separator: ", ") + "."
        case .stateConflict(let state): "This is not possible while the server is \(state)."
        case .bodyTooLarge:
            "The body is larger than the \(ControlRequest.bodyLimit) bytes allowed."
        case .invalid(let problems): problems.map(\.detail).joined(separator: " ")
        case .unexpected: "Something went wrong here; the gate's log has the details."
        case .storeLocked: "Another program holds the store; try again."
        }
    }
}

extension FieldProblem {
    /// Names of permissions on a host that refuses those it does not know.
    fileprivate static func unknown(_ names: [String]) -> FieldProblem {
        FieldProblem(
            field: "permissions",
            rule: "in",
            detail: "These are no permissions here: \(names.joined(separator: ", "))."
        )
    }

    /// A key under which another request was made.
    static let reusedKey = FieldProblem(
        field: "Idempotency-Key",
        rule: "unique",
        detail: "The Idempotency-Key was given to another request."
    )

    /// An address that nobody has, on a host that invites nobody.
    static let nobody = FieldProblem(field: "email", rule: "exists", detail: "User not found")
}
