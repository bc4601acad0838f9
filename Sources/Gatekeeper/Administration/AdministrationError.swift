package import Admission
package import LinuxSystem
package import PasswordHashing
import SessionLink
package import SubuserStore

/// Why a change or a question could not be answered.
package enum AdministrationError: Error {
    /// The store refused, or could not.
    case store(StoreError)
    /// The password, or the hash given for one, cannot be taken.
    case password(PasswordHashError)
    /// It is no code of the second factor that is to be confirmed.
    case wrongCode
    /// The server's directory cannot be used.
    case directory(ServerDirectory, SystemError)
    /// The volumes directory itself cannot be used.
    case volumes(path: String, SystemError)
    /// No session has this id.
    case noSuchSession
    /// These names of permissions mean nothing here, and this host refuses such.
    case unknownPermissions([String])
    /// Somebody decides about all servers of somebody else.
    case notTheirAccount
    /// A document's records contradict each other.
    case snapshot(SnapshotProblem)
    /// Another revocation has this job's id.
    case jobReused
    /// No revocation has this id.
    case noSuchRevocation
    /// A ban cannot be set.
    case ban(AdmissionError)
    /// A ban of a range that nobody has for themselves, without having said that it is meant.
    case banTooWide(AddressRange)
    /// Nothing of the range is kept out by itself; `wider` is a ban that holds for it.
    case notBanned(AddressRange, wider: AddressRange?)
    /// Nothing is counted against the user.
    case notGuessedAt(UserName)
    /// The addresses of the range do not count as one source.
    case severalSources(AddressRange)
    /// Something is wrong about one of several things; the first is 0.
    indirect case inBatch(index: Int, AdministrationError)
}

extension AdministrationError {
    /// What is wrong, where there was only one thing.
    package var alone: AdministrationError {
        if case .inBatch(_, let error) = self { error } else { self }
    }
}

extension AdministrationError: CustomStringConvertible {
    /// One sentence for people.
    package var description: String {
        switch self {
        case .store(let error): "\(error)"
        case .password(let error): "The password cannot be taken: \(error)."
        case .wrongCode:
            "This is no code of the secret for this moment; look at the clocks of the authenticator "
                + "and of this host."
        case .directory(let directory, let error): Self.describe(directory, error)
        case .volumes(let path, let error):
            "The volumes directory \(path) cannot be opened: \(error.code)."
        case .noSuchSession: "There is no such session."
        case .unknownPermissions(let names):
            "These are no permissions here: \(names.joined(separator: ", "))."
        case .snapshot(let problem): "\(problem)"
        case .jobReused:
            "Another revocation was made under this job's id; use a new one for each."
        case .noSuchRevocation: "There is no such revocation."
        case .ban(let error): "\(error)"
        case .banTooWide(let range):
            "\(range) is wider than any one network; to ban it anyway, say that everyone is meant, "
                + "or close the host with a lockdown."
        case .notBanned(let range, nil): "Nothing of \(range) is banned or has a penalty."
        case .notBanned(let range, let wider?):
            "\(range) is not banned by itself but with \(wider); lift that ban."
        case .notGuessedAt(let name): "Nothing is counted against \(name)."
        case .severalSources(let range):
            "The addresses of \(range) are looked at one by one; ask about one of them."
        case .inBatch(_, let error): "\(error)"
        case .notTheirAccount: "Only the user whose account it is, and administrators, can do that."
        }
    }

    private static func describe(_ directory: ServerDirectory, _ error: SystemError) -> String {
        switch error.code {
        case .noSuchFile:
            "There is no directory \(directory) below the volumes directory; create it first."
        case .notDirectory: "\(directory) below the volumes directory is not a directory."
        case .tooManySymbolicLinks, .crossDevice:
            "\(directory) is or passes through a symbolic link; a server's directory must lie "
                + "below the volumes directory itself."
        default: "The directory \(directory) cannot be opened: \(error.code)."
        }
    }
}
