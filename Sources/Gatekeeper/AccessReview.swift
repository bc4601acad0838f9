import AccessControl
import SubuserStore

/// What a session was granted, and on what it rests.
struct GrantedAccess: Equatable {
    let userName: UserName
    /// Changes only where the store holds another hash of the same password.
    var proofs: SignInProofs
    let directory: ServerDirectory
    var rights: FileRights
}

/// What has become of a session's access, decided anew from the store.
enum AccessReview: Equatable {
    /// It would be granted again just as it was.
    case unchanged
    /// It would be granted with these rights, which are those it has and more.
    case grown(FileRights)
    /// It would not be granted, or not like this.
    case lost(difference: String)

    /// Compares what was granted with one consistent reading of the store.
    init(of granted: GrantedAccess, _ access: AccessRecord?, rules: SignInRules) {
        guard let access else {
            self = .lost(difference: "the user or the server is gone")
            return
        }
        let rights: FileRights
        let decision = SignInDecision(
            of: access.user,
            access,
            proofs: granted.proofs,
            rules: rules
        )
        switch decision {
        case .denied(let reason), .refused(let reason):
            self = .lost(difference: reason)
            return
        case .incomplete(let next):
            self = .lost(difference: "\(granted.proofs.method) is not enough without \(next)")
            return
        case .granted(let now): rights = now
        }
        guard access.user.name == granted.userName else {
            self = .lost(difference: "the user has another name")
            return
        }
        guard access.server.directory == granted.directory else {
            self = .lost(difference: "the server has another directory")
            return
        }
        if rights == granted.rights {
            self = .unchanged
        } else if rights.isSuperset(of: granted.rights) {
            self = .grown(rights)
        } else {
            self = .lost(difference: "the rights were \(granted.rights) and are \(rights)")
        }
    }
}
