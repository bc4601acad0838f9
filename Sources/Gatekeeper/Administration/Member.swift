package import AccessControl
package import SubuserStore

/// Somebody with whom a server is shared, or will be once they have an account.
package enum Member: Hashable, Sendable {
    case subuser(Subuser)
    case invitation(Invitation)

    /// What they hold, or will hold.
    package var permissions: PermissionSet {
        switch self {
        case .subuser(let subuser): subuser.permissions
        case .invitation(let invitation): invitation.permissions
        }
    }

    package var email: Email {
        switch self {
        case .subuser(let subuser): subuser.email
        case .invitation(let invitation): invitation.email
        }
    }
}

extension UserReference {
    /// Whether it names this member: a uuid or an address may also be an invitation's.
    func means(_ member: Member) -> Bool {
        switch (self, member) {
        case (.id(let id), .subuser(let subuser)): subuser.userID == id
        case (.id(let id), .invitation(let invitation)):
            invitation.id.description == id.description
        case (.name(let name), .subuser(let subuser)): subuser.userName == name
        case (.name, .invitation): false
        case (.email(let email), _): member.email == email
        }
    }
}
