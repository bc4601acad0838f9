import SignInSecrets

/// What second factors and app passwords are made of.
extension Schema {
    /// A secret as it may be given.
    static let givenSecret = text(
        // Groups of eight digits are five bytes; behind them come the digits of one to four more.
        26...103,
        pattern: "^(\(digit){8}){3,12}(\(digit)[AEIMQUY4aeimquy]|\(digit){3}[AQaq]"
            + "|\(digit){4}[ACEGIKMOQSUWYacegikmoqsuwy246]|\(digit){6}[AIQYaiqy])?$"
    )
    .described(
        "\(SharedSecret.lengths.lowerBound) to \(SharedSecret.lengths.upperBound) bytes in base32 "
            + "(RFC 4648 section 6); blanks, dashes and padding are skipped."
    )

    /// A secret as it is answered.
    static let secret = text(26...103, pattern: "^[A-Z2-7]+$").described("Base32.")

    static let provisioningURI = text(
        pattern: "^otpauth://totp/[^?]+[?]secret=[A-Z2-7]+&[^#]+$",
        format: "uri"
    )
    .described("What authenticators read from a picture. It holds the secret.")

    /// A code of an authenticator as it may be given.
    static let code = text(pattern: "^[0-9]{\(TimeBasedCode.digits)}$")

    static let recoveryCode = text(pattern: "^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$")

    static let appPassword = text(pattern: "^\(AppPassword.prefix)[a-z2-7]{8}(-[a-z2-7]{8}){3}$")

    private static let digit = "[A-Za-z2-7]"
}
