import CLibSSH

/// The host's keys and algorithms, ready to take a connection.
@safe package struct SSHAcceptor: ~Copyable {
    let bind: ssh_bind
    /// The fingerprints of the host keys, in the order given.
    package let fingerprints: [String]

    /// Names of algorithms, comma-separated in the order of preference; unknown ones are skipped.
    package struct Algorithms: Equatable, Sendable {
        package var keyExchange: String
        package var hostKeys: String
        package var ciphers: String
        package var messageAuthentication: String
        package var publicKeys: String

        package init(
            keyExchange: String,
            hostKeys: String,
            ciphers: String,
            messageAuthentication: String,
            publicKeys: String
        ) {
            self.keyExchange = keyExchange
            self.hostKeys = hostKeys
            self.ciphers = ciphers
            self.messageAuthentication = messageAuthentication
            self.publicKeys = publicKeys
        }
    }

    /// Loads host keys from PEM text and sets everything a handshake needs.
    ///
    /// `softwareName` is what follows `SSH-2.0-` in the version line (RFC 4253 section 4.2).
    package init(
        hostKeys: [[UInt8]],
        algorithms: Algorithms,
        softwareName: String
    ) throws(SSHFailure) {
        guard !hostKeys.isEmpty else { throw .noHostKey }
        // SAFETY: the pointer is ours until `ssh_bind_free`.
        guard let bind = unsafe ssh_bind_new() else {
            throw .connectionRefused(reason: "out of memory")
        }
        do throws(SSHFailure) {
            fingerprints = unsafe try Self.configure(
                bind,
                hostKeys: hostKeys,
                algorithms: algorithms,
                softwareName: softwareName
            )
        } catch {
            unsafe ssh_bind_free(bind)
            throw error
        }
        unsafe self.bind = bind
    }

    deinit {
        // SAFETY: sessions hold copies of everything they need from the bind.
        unsafe ssh_bind_free(bind)
    }

    @unsafe private static func configure(
        _ bind: ssh_bind,
        hostKeys: [[UInt8]],
        algorithms: Algorithms,
        softwareName: String
    ) throws(SSHFailure) -> [String] {
        // Otherwise /etc/ssh/libssh_server_config would silently override what is set here.
        var processConfiguration = false
        // SAFETY: libssh reads one byte of a C bool.
        unsafe ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &processConfiguration)
        let lists: [(ssh_bind_options_e, String, String)] = [
            (SSH_BIND_OPTIONS_KEY_EXCHANGE, "key exchange", algorithms.keyExchange),
            (SSH_BIND_OPTIONS_CIPHERS_C_S, "ciphers", algorithms.ciphers),
            (SSH_BIND_OPTIONS_CIPHERS_S_C, "ciphers", algorithms.ciphers),
            (SSH_BIND_OPTIONS_HMAC_C_S, "MACs", algorithms.messageAuthentication),
            (SSH_BIND_OPTIONS_HMAC_S_C, "MACs", algorithms.messageAuthentication),
            (SSH_BIND_OPTIONS_BANNER, "software name", softwareName),
            (
                SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, "public key algorithms",
                algorithms.publicKeys
            ),
        ]
        for (option, name, value) in lists {
            try unsafe set(bind, option, to: value, name: name)
        }
        var fingerprints: [String] = []
        for (position, pem) in hostKeys.enumerated() {
            let key = try HostKey(pem: pem, position: position)
            fingerprints.append(key.fingerprint())
            let given = unsafe key.give()
            // SAFETY: on success the bind owns the key; on failure it is still ours.
            guard
                unsafe ssh_bind_options_set(
                    bind,
                    SSH_BIND_OPTIONS_IMPORT_KEY,
                    UnsafeRawPointer(given)
                ) == SSH_OK
            else {
                unsafe ssh_key_free(given)
                throw .unreadableHostKey(position: position)
            }
        }
        // After the keys: libssh checks the list against those it has.
        try unsafe set(
            bind,
            SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS,
            to: algorithms.hostKeys,
            name: "host key algorithms"
        )
        return fingerprints
    }

    @unsafe private static func set(
        _ bind: ssh_bind,
        _ option: ssh_bind_options_e,
        to value: String,
        name: String
    ) throws(SSHFailure) {
        // SAFETY: libssh copies the zero-terminated text.
        let result = unsafe value.withCString { unsafe ssh_bind_options_set(bind, option, $0) }
        guard result == SSH_OK else {
            let reason = unsafe ssh_get_error(UnsafeMutableRawPointer(bind))
            throw .unusableAlgorithms(
                list: name,
                reason: unsafe reason.map { unsafe String(cString: $0) } ?? "refused by libssh"
            )
        }
    }
}
