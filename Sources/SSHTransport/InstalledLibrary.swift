import CLibSSH

/// What the libssh that this program runs with is, and has.
package enum InstalledLibrary {
    /// What a list of algorithms is for (RFC 4253 section 7.1, for public keys RFC 8308).
    package enum Purpose: String, CaseIterable, Sendable {
        case keyExchange = "key-exchange"
        case ciphers = "ciphers"
        case macs = "macs"
        case hostKeys = "host-keys"
        case publicKeys = "public-keys"

        /// The option that takes such a list; where each direction has one, both take the same.
        fileprivate var option: ssh_bind_options_e {
            switch self {
            case .keyExchange: SSH_BIND_OPTIONS_KEY_EXCHANGE
            case .ciphers: SSH_BIND_OPTIONS_CIPHERS_S_C
            case .macs: SSH_BIND_OPTIONS_HMAC_S_C
            case .hostKeys: SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS
            case .publicKeys: SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES
            }
        }
    }

    /// Its version and what it was built with, for instance `0.10.6/openssl/zlib`.
    package static var version: String {
        // SAFETY: the text is static; none is answered only where another version is required.
        guard let text = unsafe ssh_version(0) else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// Those of `names` that it has, in their order.
    ///
    /// It drops unknown names from a list and refuses one that is empty then, so each name is tried
    /// alone.
    package static func known(
        _ names: [String],
        for purpose: Purpose
    ) throws(SSHFailure) -> [String] {
        // SAFETY: the pointer is ours until `ssh_bind_free`.
        guard let bind = unsafe ssh_bind_new() else {
            throw .connectionRefused(reason: "out of memory")
        }
        defer { unsafe ssh_bind_free(bind) }
        return names.filter { name in
            // SAFETY: libssh copies the zero-terminated text.
            unsafe name.withCString {
                unsafe ssh_bind_options_set(bind, purpose.option, $0) == SSH_OK
            }
        }
    }
}
