package import AccessControl

/// What the store could not do.
package enum StoreError: Error, Equatable {
    /// What there is none of.
    package enum Subject: String, Sendable {
        case user, key, server, subuser, invitation, delegation
        case secondFactor = "second_factor"
        case appPassword = "app_password"
    }

    /// What must be unique.
    package enum UniqueField: String, CaseIterable, Sendable {
        case userID, userName, email, key, serverID, shortID, directory, subuser, invitation
        case secondFactor, appPassword
    }

    case notFound(Subject)
    case alreadyExists(UniqueField)
    /// The user owns servers, which would be left without an owner.
    case ownsServers(count: Int)
    /// The owner of a server has every right on it already.
    case ownerAsSubuser
    /// Nobody delegates to themselves.
    case ownDelegation
    /// The second factor does not count yet: nobody has shown a code of it.
    case secondFactorUnconfirmed
    /// The user has as many app passwords as one may have.
    case tooManyAppPasswords
    /// The person in whose name it was asked may not do it.
    case refused(AssignmentRefusal)
    /// Somebody else held the file for longer than the busy timeout.
    case locked(path: String)
    /// The file's content contradicts itself.
    case damaged(path: String, detail: String)
    /// The file was written by a later version of this program.
    case fromNewerVersion(path: String)
    /// The file cannot be opened, read or written.
    case unusable(path: String, detail: String)
}

extension StoreError: CustomStringConvertible {
    /// One sentence for people.
    package var description: String {
        switch self {
        case .notFound(.user): "User not found."
        case .notFound(.key): "This user has no such key."
        case .notFound(.server): "There is no such server."
        case .notFound(.subuser): "This user is not a subuser of this server."
        case .notFound(.invitation): "There is no such invitation."
        case .notFound(.secondFactor): "This user has no second factor."
        case .notFound(.appPassword): "This user has no such app password."
        case .notFound(.delegation): "This user acts for nobody of that name."
        case .alreadyExists(.userID): "A user with this uuid exists already."
        case .alreadyExists(.userName): "A user with this name exists already."
        case .alreadyExists(.email): "A user with this email address exists already."
        case .alreadyExists(.key): "This user has this key already."
        case .alreadyExists(.serverID): "A server with this uuid exists already."
        case .alreadyExists(.shortID):
            "A server whose uuid begins with the same \(ShortID.length) characters exists already."
        case .alreadyExists(.directory):
            "Another server has this directory, or one within it or around it."
        case .alreadyExists(.subuser): "This user is already a subuser on this server."
        case .alreadyExists(.invitation): "This address is already invited to this server."
        case .alreadyExists(.secondFactor): "This user has a second factor that counts already."
        case .alreadyExists(.appPassword):
            "This user has an app password of this name already."
        case .ownsServers(let count):
            "This user owns \(count == 1 ? "a server" : "\(count) servers"); give "
                + "\(count == 1 ? "it" : "them") to somebody else or delete "
                + "\(count == 1 ? "it" : "them") first."
        case .ownerAsSubuser: "The owner of a server cannot be added as a subuser."
        case .ownDelegation: "Nobody can delegate their servers to themselves."
        case .secondFactorUnconfirmed:
            "This user's second factor has to be confirmed with a code of it first."
        case .tooManyAppPasswords:
            "This user has \(StoredAppPassword.limit) app passwords, and may not have more."
        case .refused(let refusal): refusal.description
        case .locked(let path): "The store \(path) is locked by another program."
        case .damaged(let path, let detail): "The store \(path) is damaged: \(detail)."
        case .fromNewerVersion(let path):
            "The store \(path) was written by a newer version of this program."
        case .unusable(let path, let detail): "The store \(path) cannot be used: \(detail)."
        }
    }

    /// What the operator can do about it; nil where the caller can change the request instead.
    package var remedy: String? {
        switch self {
        case .notFound, .alreadyExists, .ownsServers, .ownerAsSubuser, .ownDelegation, .refused,
            .secondFactorUnconfirmed, .tooManyAppPasswords:
            nil
        case .locked(let path):
            "end the other program, which `fuser \(path)` names, or let it finish"
        case .damaged(let path, _):
            "put a backup in its place, or save what can be saved with "
                + "`sqlite3 \(path) .recover | sqlite3 recovered.sqlite`"
        case .fromNewerVersion: "install that version again, or put an older backup in its place"
        case .unusable:
            "let the user that runs the gate read and write the file and its directory, and see "
                + "that the disk is not full"
        }
    }
}
