import WireFormat

/// What an authenticator reads from a picture to know an account (the `otpauth` form that all of
/// them understand).
package struct ProvisioningURI: Hashable, Sendable {
    /// The whole URI; it holds the secret.
    package let text: String

    /// The URI for a person's account at `issuer`, the name under which the host is known.
    package init(secret: SharedSecret, account: String, issuer: String) {
        let label = PercentEncoding.encode(issuer) + ":" + PercentEncoding.encode(account)
        text =
            "otpauth://totp/\(label)?secret=\(secret.base32)&issuer=\(PercentEncoding.encode(issuer))"
            + "&algorithm=SHA1&digits=\(TimeBasedCode.digits)&period=\(TimeBasedCode.period)"
    }
}
