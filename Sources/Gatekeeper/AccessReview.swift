import AccessControl
import SubuserStore

/// What a session was granted, and on what it rests.
struct GrantedAccess: Equatable {
    let userName: UserName
    let proof: SignInDecision.Proof
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
    init(of granted: GrantedAccess, _ access: AccessRecord?) {
        let rights: FileRights
        switch SignInDecision(access, proof: granted.proof) {
        case .denied(let reason), .refused(let reason):
            self = .lost(difference: reason)
            return
        case .granted(let now): rights = now
        }
        guard let access, access.user.name == granted.userName else {
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
