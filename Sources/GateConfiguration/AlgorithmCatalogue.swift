/// The SSH algorithms that may be configured for one purpose.
///
/// A closed list: libssh drops a name it does not know without a word, so a misspelt name would
/// quietly weaken or empty the offer.
package struct AlgorithmCatalogue: Sendable {
    /// What is offered unless configured otherwise, in the order of preference.
    package let defaults: [String]
    /// Further names that may be asked for.
    package let optional: [String]

    /// Every acceptable name.
    package var names: [String] { defaults + optional }

    /// Key exchange methods.
    ///
    /// The first three need libssh 0.12 and are skipped by older versions. Groups 18 and group
    /// exchange are left out: they cost the server 100 ms and more before anybody has signed in.
    package static let keyExchange = AlgorithmCatalogue(
        defaults: [
            "mlkem768x25519-sha256",
            "sntrup761x25519-sha512",
            "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
        ],
        optional: [
            "mlkem768nistp256-sha256",
            "mlkem1024nistp384-sha384",
            "diffie-hellman-group14-sha256",
            "diffie-hellman-group16-sha512",
        ]
    )

    /// Ciphers for both directions; the client's order decides.
    package static let ciphers = AlgorithmCatalogue(
        defaults: [
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "chacha20-poly1305@openssh.com",
            "aes256-ctr",
            "aes128-ctr",
        ],
        optional: ["aes192-ctr"]
    )

    /// Message authentication codes for both directions.
    package static let macs = AlgorithmCatalogue(
        defaults: [
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-512-etm@openssh.com",
            "hmac-sha2-256",
            "hmac-sha2-512",
        ],
        optional: []
    )

    /// Host key algorithms; those without a key in the host keys' directory are not offered.
    package static let hostKeys = AlgorithmCatalogue(
        defaults: [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256",
        ],
        optional: []
    )

    /// Signature algorithms accepted from clients; SHA-1 signatures are not among them.
    package static let publicKeys = AlgorithmCatalogue(
        defaults: [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256",
            "sk-ssh-ed25519@openssh.com",
            "sk-ecdsa-sha2-nistp256@openssh.com",
        ],
        optional: []
    )
}
