/// Why a text is no usable password hash, or a password cannot be hashed.
package enum PasswordHashError: Error, Equatable {
    /// Neither bcrypt (`$2a$`, `$2b$`, `$2y$`) nor yescrypt (`$y$`).
    case unsupportedScheme
    /// The prefix names a supported scheme, but the rest does not follow it.
    case malformed
    /// The work factor is above `PasswordHash.maximumBcryptCost`.
    case tooExpensive(cost: Int)
    /// The password is empty.
    case emptyPassword
    /// The password is longer than `PasswordHash.maximumPasswordLength`.
    case passwordTooLong(length: Int)
    /// The password contains a zero byte, at which the C library would stop reading.
    case zeroByteInPassword
    /// libcrypt refused, for instance because memory is short.
    case hashingFailed
}

extension PasswordHashError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unsupportedScheme:
            "not a supported password hash; bcrypt ($2a$, $2b$, $2y$) and yescrypt ($y$) are"
        case .malformed: "the password hash is not complete or has characters it cannot have"
        case .tooExpensive(let cost):
            "a bcrypt cost of \(cost) is more than the \(PasswordHash.maximumBcryptCost) allowed"
        case .emptyPassword: "the password is empty"
        case .passwordTooLong(let length):
            "the password has \(length) bytes, more than the "
                + "\(PasswordHash.maximumPasswordLength) allowed"
        case .zeroByteInPassword: "the password contains a zero byte"
        case .hashingFailed: "the password could not be hashed; the host may be short of memory"
        }
    }
}
