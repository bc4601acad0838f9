import AccessControl
import Gatekeeper
import SubuserStore

extension ControlError {
    static func status(of error: AdministrationError) -> Int {
        switch error {
        case .store(let error): status(of: error)
        case .password, .wrongCode, .directory: 422
        case .volumes: 500
        case .noSuchSession: 404
        case .unknownPermissions, .snapshot: 422
        case .notTheirAccount: 403
        case .jobReused: 422
        case .noSuchRevocation: 404
        case .ban: 409
        case .banTooWide, .severalSources: 422
        case .notBanned, .notGuessedAt: 404
        case .inBatch(_, let error): status(of: error)
        }
    }

    static func code(of error: AdministrationError) -> String {
        switch error {
        case .store(let error): code(of: error)
        case .password: "invalid_password"
        case .wrongCode: "wrong_code"
        case .directory: "invalid_directory"
        case .volumes: "volumes_unusable"
        case .noSuchSession: "session_not_found"
        case .unknownPermissions: "unknown_permissions"
        case .snapshot: "invalid_snapshot"
        case .notTheirAccount: "not_their_account"
        case .jobReused: "job_reused"
        case .noSuchRevocation: "revocation_not_found"
        case .ban: "too_many_bans"
        case .banTooWide: "ban_too_wide"
        case .severalSources: "several_sources"
        case .notBanned, .notGuessedAt: "ban_not_found"
        case .inBatch(_, let error): code(of: error)
        }
    }

    private static func status(of error: StoreError) -> Int {
        switch error {
        case .notFound: 404
        case .alreadyExists, .ownsServers, .ownerAsSubuser, .ownDelegation,
            .secondFactorUnconfirmed, .tooManyAppPasswords:
            409
        case .refused: 403
        case .locked: 503
        case .damaged, .fromNewerVersion, .unusable: 500
        }
    }

    private static func code(of error: StoreError) -> String {
        switch error {
        case .notFound(let subject): "\(subject.rawValue)_not_found"
        case .alreadyExists(let field): "\(name(of: field))_exists"
        case .ownsServers: "owns_servers"
        case .ownerAsSubuser: "owner_as_subuser"
        case .ownDelegation: "own_delegation"
        case .secondFactorUnconfirmed: "second_factor_unconfirmed"
        case .tooManyAppPasswords: "too_many_app_passwords"
        case .refused(let refusal): code(of: refusal)
        case .locked: "store_locked"
        case .damaged: "store_damaged"
        case .fromNewerVersion: "store_from_newer_version"
        case .unusable: "store_unusable"
        }
    }

    private static func name(of field: StoreError.UniqueField) -> String {
        switch field {
        case .userID, .serverID: "uuid"
        case .userName: "username"
        case .email: "email"
        case .key: "key"
        case .shortID: "short_id"
        case .directory: "directory"
        case .subuser: "subuser"
        case .invitation: "invitation"
        case .secondFactor: "second_factor"
        case .appPassword: "app_password"
        }
    }

    private static func code(of refusal: AssignmentRefusal) -> String {
        switch refusal {
        case .missing: "missing_permission"
        case .ownAssignment: "own_assignment"
        case .notHeld: "permissions_not_held"
        case .strongerSubuser: "stronger_subuser"
        }
    }
}
