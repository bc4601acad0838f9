import AccessControl
import PasswordHashing
import SubuserStore

/// The values that requests and answers are made of.
///
/// Their rules are those of the types they are read into, said again in patterns that any language
/// can check.
extension Schema {
    /// A UUID as it may be given.
    static let uuid = text(36...36, pattern: "^\(anyCaseUUID)$", format: "uuid")

    /// A UUID as it is answered.
    static let answeredUUID = text(
        36...36,
        pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        format: "uuid"
    )

    static let shortID = text(
        ShortID.length...ShortID.length,
        pattern: "^[0-9a-z]{\(ShortID.length)}$"
    )

    /// RFC 3339 in UTC, with milliseconds.
    static let time = text(
        pattern: #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#,
        format: "date-time"
    )

    /// A moment as it may be given.
    static let moment = either(
        text(
            pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}"
                + #"(\.[0-9]{1,18})?([Zz]|[+-][0-9]{2}:[0-9]{2})$"#,
            format: "date-time"
        ),
        text(pattern: #"^[0-9]{1,11}(\.[0-9]{1,18})?$"#)
    )
    .described("RFC 3339, or seconds since 1970.")

    /// The name of an event, or the beginning of names and a `*`.
    static let eventPattern = text(
        pattern: "^([A-Za-z0-9:._-]{1,\(EventPattern.maximumLength)}"
            + #"|[A-Za-z0-9:._-]{0,\#(EventPattern.maximumLength)}\*)$"#
    )

    static let userName = text(
        1...UserName.maximumLength,
        pattern: "^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$"
    )
    .excluding(pattern: "^\(anyCaseUUID)$")
    .described("Kept in lower case.")

    static let email = text(
        3...Email.maximumLength,
        pattern: #"^\#(atom)(\.\#(atom))*@\#(label)(\.\#(label))*$"#
    )
    .described("Compared without regard to case.")

    static let displayName = text(1...DisplayName.maximumLength, pattern: line)
        .described("No control characters, and not only blanks.")

    static let password = text(1...PasswordHash.maximumPasswordLength, pattern: #"^[^\u0000]*$"#)
        .described("At most \(PasswordHash.maximumPasswordLength) bytes of UTF-8.")

    static let passwordHash = text(pattern: "^(\(bcrypt)|\(yescrypt))$")
        .described("bcrypt or yescrypt, in the notation of crypt(5).")

    static let publicKey = text(
        1...PublicKey.maximumLineLength,
        pattern: #"^\s*("# + PublicKey.Kind.allCases.map(\.rawValue).joined(separator: "|")
            + #")\s+[A-Za-z0-9+/]+={0,2}(\s.*)?$"#
    )
    .described("One line as in a .pub file, without options before it.")

    static let keyType = one(of: PublicKey.Kind.allCases.map(\.rawValue))

    /// A key's fingerprint as it may be given.
    static let fingerprint = text(43...50, pattern: "^(SHA256:)?\(digest)$")
        .described("As `ssh-keygen -l` prints it.")

    /// A key's fingerprint as it is answered.
    static let answeredFingerprint = text(50...50, pattern: "^SHA256:\(digest)$")

    static let directory = text(
        1...ServerDirectory.maximumLength + 1,
        pattern: #"^[^/\u0000-\u001F\u007F]{1,\#(ServerDirectory.maximumComponentLength)}"#
            + #"(/[^/\u0000-\u001F\u007F]{1,\#(ServerDirectory.maximumComponentLength)})*/?$"#
    )
    .excluding(pattern: #"(^|/)\.{1,2}(/|$)"#)
    .described("A path below the volumes directory; at most 255 bytes between two slashes.")

    static let serverState = one(of: ServerState.allCases.map(\.rawValue))

    /// What is enough to sign in: a list of ways, each of which a password or a key belongs to.
    static let signIn = list(
        of: text(pattern: #"^(code\+)*(password|publickey)(\+(\#(factors)))*$"#)
    )
    .nonempty
    .described(
        "What is enough to sign in, each for itself; what must come together has + between. Without "
            + "it nothing in particular is demanded."
    )
    .examples(.texts(["publickey", "password+code"]))

    /// A permission as it is answered.
    static let permission = text(
        3...Permission.maximumLength,
        pattern: #"^[a-z0-9_-]+\.[a-z0-9_-]+$"#
    )

    static let permissions = list(of: permission)

    /// Permissions as they may be given.
    static let selection = list(of: text)
        .described(
            "Each a permission (`file.read`), a group (`file.*`), `*` or a preset. What is none of "
                + "these is left out and answered in `droppedPermissions`, or refused where the "
                + "host is configured so."
        )
        .examples(.texts(["file.sftp", "file.read"]))

    /// How a path or a field names a user.
    static let userReference = text.described("A user's uuid, name or email address.")

    /// How a path or a field names a server.
    static let serverReference = text.described("A server's uuid or short id.")

    static let sessionID = text(12...12, pattern: "^[0-9a-f]{12}$")

    /// What names a revocation.
    static let jobID = text(1...RevocationJobID.maximumLength, pattern: "^[ -~]*$")

    private static let factors = SignInFactors.all.names.joined(separator: "|")
    private static let anyCaseUUID = "[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
    /// 32 bytes in Base64 without padding; the last character has four bits of them.
    private static let digest = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]"
    private static let bcrypt =
        #"\$2[aby]\$(0[4-9]|1[0-\#(PasswordHash.maximumBcryptCost - 10)])\$[./A-Za-z0-9]{53}"#
    private static let yescrypt =
        #"\$y\$j[7-9A-F][5T]\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}"#
    private static let atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    private static let label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    private static let control = #"\u0000-\u001F\u007F-\u009F\u2028\u2029"#
    private static let line = #"^[^\#(control)]*[^\s\#(control)][^\#(control)]*$"#
}
