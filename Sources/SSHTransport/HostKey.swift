import CLibSSH

/// A private key that proves which host this is, owned until it is given to libssh.
@safe package struct HostKey: ~Copyable {
    private let key: ssh_key

    /// Which kinds are made.
    package enum Kind: String, CaseIterable, Sendable {
        case ed25519
        case rsa

        var library: ssh_keytypes_e {
            switch self {
            case .ed25519: SSH_KEYTYPE_ED25519
            case .rsa: SSH_KEYTYPE_RSA
            }
        }

        /// The size in bits where the kind has a choice.
        var bits: Int32 {
            switch self {
            case .ed25519: 0
            case .rsa: 3072
            }
        }
    }

    /// Makes a new key.
    package init(generating kind: Kind) throws(SSHFailure) {
        var made: ssh_key?
        // SAFETY: on success the pointer is filled with a key that is ours to free.
        guard unsafe ssh_pki_generate(kind.library, kind.bits, &made) == SSH_OK,
            let made = unsafe made
        else { throw .keyGenerationFailed }
        unsafe key = made
    }

    /// Reads a key without passphrase from its PEM text; `position` names it in an error.
    package init(pem: [UInt8], position: Int) throws(SSHFailure) {
        var text = pem.map { CChar(bitPattern: $0) }
        text.append(0)
        var read: ssh_key?
        // SAFETY: the text ends with a zero; on success the key is ours to free.
        guard unsafe ssh_pki_import_privkey_base64(&text, nil, nil, nil, &read) == SSH_OK,
            let read = unsafe read
        else { throw .unreadableHostKey(position: position) }
        unsafe key = read
    }

    deinit {
        // SAFETY: nobody else holds the key; `give` discards this owner instead.
        unsafe ssh_key_free(key)
    }

    /// The private key as PEM text, for the file it is kept in.
    package borrowing func pem() throws(SSHFailure) -> [UInt8] {
        var text: UnsafeMutablePointer<CChar>?
        // SAFETY: on success the text is zero-terminated and ours to free.
        guard unsafe ssh_pki_export_privkey_base64(key, nil, nil, nil, &text) == SSH_OK,
            let text = unsafe text
        else { throw .keyGenerationFailed }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe Array(String(cString: text).utf8)
    }

    /// The public half as a line of a `.pub` file, without a comment.
    package borrowing func publicLine() throws(SSHFailure) -> String {
        var text: UnsafeMutablePointer<CChar>?
        // SAFETY: the key is alive for the calls; the type's name is static, and on success the text
        // is zero-terminated and ours to free.
        guard let type = unsafe ssh_key_type_to_char(ssh_key_type(key)),
            unsafe ssh_pki_export_pubkey_base64(key, &text) == SSH_OK,
            let text = unsafe text
        else { throw .unreadableHostKey(position: 0) }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe "\(String(cString: type)) \(String(cString: text))"
    }

    /// The fingerprint as OpenSSH prints it.
    package borrowing func fingerprint() -> String {
        // SAFETY: the key is alive for the call.
        unsafe Fingerprint.sha256(of: key) ?? ""
    }

    /// Gives the key to one who frees it.
    consuming func give() -> ssh_key {
        let given = unsafe key
        discard self
        return unsafe given
    }
}

/// SHA-256 fingerprints in OpenSSH's form.
enum Fingerprint {
    /// `SHA256:` and unpadded Base64, or nil when libssh cannot hash the key.
    @unsafe static func sha256(of key: ssh_key) -> String? {
        var hash: UnsafeMutablePointer<UInt8>?
        var length = 0
        // SAFETY: on success the hash has `length` bytes and is ours to free.
        guard
            unsafe ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) == SSH_OK
        else { return nil }
        defer { unsafe ssh_clean_pubkey_hash(&hash) }
        guard
            let text = unsafe ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length)
        else { return nil }
        defer { unsafe ssh_string_free_char(text) }
        return unsafe String(cString: text)
    }
}
