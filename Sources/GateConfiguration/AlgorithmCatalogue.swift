/// The SSH algorithms that may be configured for one purpose.
///
/// A closed list: libssh drops a name it does not know without a word, so a misspelt name would
/// quietly weaken or empty the offer.
package struct AlgorithmCatalogue: Sendable {
    /// What both profiles offer, in the order of preference.
    package let modern: [String]
    /// What the compatible profile offers after those.
    package let compatible: [String]
    /// Further names that may be asked for.
    package let optional: [String]

    /// Every acceptable name.
    package var names: [String] { modern + compatible + optional }

    /// What `profile` offers, in the order of preference.
    package func names(in profile: SSHSettings.Profile) -> [String] {
        switch profile {
        case .modern: modern
        case .compatible: modern + compatible
        }
    }

    /// Key exchange methods.
    ///
    /// The first three need libssh 0.12 and are skipped by older versions. Groups 18 and group
    /// exchange are left out: they cost the server 100 ms and more before anybody has signed in.
    package static let keyExchange = AlgorithmCatalogue(
        modern: [
            "mlkem768x25519-sha256",
            "sntrup761x25519-sha512",
            "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
        ],
        compatible: [
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "diffie-hellman-group14-sha256",
            "diffie-hellman-group16-sha512",
        ],
        optional: [
            "mlkem768nistp256-sha256",
            "mlkem1024nistp384-sha384",
        ]
    )

    /// Ciphers for both directions; the client's order decides.
    package static let ciphers = AlgorithmCatalogue(
        modern: [
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "chacha20-poly1305@openssh.com",
            "aes256-ctr",
            "aes128-ctr",
        ],
        compatible: ["aes192-ctr"],
        optional: []
    )

    /// Message authentication codes for both directions.
    package static let macs = AlgorithmCatalogue(
        modern: [
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-512-etm@openssh.com",
            "hmac-sha2-256",
            "hmac-sha2-512",
        ],
        compatible: [],
        optional: []
    )

    /// Host key algorithms; those without a key in the host keys' directory are not offered.
    package static let hostKeys = AlgorithmCatalogue(
        modern: [
            "ssh-ed25519",
            "rsa-sha2-512",
            "rsa-sha2-256",
        ],
        compatible: [
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
        ],
        optional: []
    )

    /// Signature algorithms accepted from clients; SHA-1 signatures are not among them.
    package static let publicKeys = AlgorithmCatalogue(
        modern: [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com",
        ],
        compatible: [],
        optional: []
    )
}
