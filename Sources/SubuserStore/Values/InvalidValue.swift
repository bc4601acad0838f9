/// Why a text from outside is not the value it was given for.
package enum InvalidValue: Error, Hashable {
    case userName
    case userNameTooLong(length: Int)
    case userNameIsUUID
    case email
    case emailTooLong(length: Int)
    case displayName
    case directory
    case serverState
    case publicKey(PublicKeyProblem)
}

extension InvalidValue: CustomStringConvertible {
    /// One sentence that says what would be right.
    package var description: String {
        switch self {
        case .userName:
            "A user name has letters, digits, '_', '.' and '-', and begins and ends with a letter "
                + "or digit."
        case .userNameTooLong(let length):
            "A user name has at most \(UserName.maximumLength) characters, this one has \(length)."
        case .userNameIsUUID: "A user name must not read as a UUID."
        case .email: "This is not a valid email address."
        case .emailTooLong(let length):
            "An email address has at most \(Email.maximumLength) characters, this one has "
                + "\(length)."
        case .displayName:
            "A name has 1 to \(DisplayName.maximumLength) characters and no control characters."
        case .directory:
            "A directory is a path below the volumes directory, without a leading slash, empty "
                + "parts, '.' or '..'."
        case .serverState:
            "A state is one of "
                + ServerState.allCases.map(\.rawValue).joined(separator: ", ") + "."
        case .publicKey(let problem): problem.description
        }
    }
}
