import CLibSSH
import LinuxSystem

extension SSHConnection {
    /// Sets the callbacks of a sign-in and of channel openings.
    func installServerCallbacks() {
        // SAFETY: libssh refers to the structure until the session is freed; it is freed first.
        unsafe serverCallbacks.pointee.size = MemoryLayout<ssh_server_callbacks_struct>.size
        unsafe serverCallbacks.pointee.userdata = Unmanaged.passUnretained(self).toOpaque()
        unsafe serverCallbacks.pointee.auth_password_function = { _, user, password, context in
            guard let connection = unsafe SSHConnection.recover(context) else {
                return SSH_AUTH_DENIED.rawValue
            }
            let given = unsafe password.map { unsafe bytes(of: $0) } ?? []
            return unsafe connection.attempt(user, .password(given)).result.rawValue
        }
        unsafe serverCallbacks.pointee.auth_none_function = { _, user, context in
            guard let connection = unsafe SSHConnection.recover(context) else {
                return SSH_AUTH_DENIED.rawValue
            }
            // How clients ask for the list of methods (RFC 4252 section 5.2); it counts as packets.
            connection.noteAnswer()
            return SSH_AUTH_DENIED.rawValue
        }
        unsafe serverCallbacks.pointee.auth_pubkey_function = { _, user, key, state, context in
            guard let connection = unsafe SSHConnection.recover(context), let key = unsafe key,
                let shown = unsafe ClientKey(key)
            else { return SSH_AUTH_DENIED.rawValue }
            // Only this one value says that libssh has verified a signature.
            let isProven = Int32(state) == SSH_PUBLICKEY_STATE_VALID.rawValue
            return unsafe connection.attempt(user, isProven ? .proven(shown) : .offered(shown))
                .result.rawValue
        }
        unsafe serverCallbacks.pointee.service_request_function = { _, service, context in
            guard let connection = unsafe SSHConnection.recover(context),
                let service = unsafe service
            else { return 0 }
            connection.noteAnswer()
            // Answering -1 would make libssh disconnect inside its own parser; the flag is enough.
            if unsafe String(cString: service) != "ssh-userauth" {
                connection.ending = .unknownService
            }
            return 0
        }
        unsafe serverCallbacks.pointee.channel_open_request_session_function = { _, context in
            unsafe SSHConnection.recover(context)?.openChannel()
        }
        // Kerberos code would run before any sign-in; no mechanism means it stops here.
        unsafe serverCallbacks.pointee.gssapi_select_oid_function = { _, _, _, _, context in
            unsafe SSHConnection.recover(context)?.failUnsupported()
            return nil
        }
        unsafe ssh_set_server_callbacks(session, serverCallbacks)
        unsafe ssh_set_message_callback(
            session,
            { _, message, context in
                // Every request that no callback took. Answering 1 lets libssh refuse it.
                guard unsafe ssh_message_type(message) == SSH_REQUEST_AUTH.rawValue,
                    let connection = unsafe SSHConnection.recover(context),
                    let message = unsafe message
                else { return 1 }
                let subtype = unsafe ssh_message_subtype(message)
                guard subtype == Int32(SSH_AUTH_METHOD_INTERACTIVE) else {
                    connection.failUnsupported()
                    return 1
                }
                return unsafe connection.converse(message) ? 0 : 1
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
        offer(steps)
    }

    /// From now on a failure tells the client that these are what can help.
    func offer(_ next: SignInSteps) {
        steps = next
        var methods: Int32 = 0
        if next.contains(.password) {
            methods |= Int32(SSH_AUTH_METHOD_PASSWORD) | Int32(SSH_AUTH_METHOD_INTERACTIVE)
        }
        if next.contains(.publicKey) { methods |= Int32(SSH_AUTH_METHOD_PUBLICKEY) }
        if next.contains(.code) { methods |= Int32(SSH_AUTH_METHOD_INTERACTIVE) }
        unsafe ssh_set_auth_methods(session, methods)
    }

    @unsafe private static func recover(_ context: UnsafeMutableRawPointer?) -> SSHConnection? {
        // SAFETY: the context is the connection, which outlives its session's callbacks.
        unsafe context.map { unsafe Unmanaged<SSHConnection>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What became of an attempt.
    enum AttemptResult {
        case failed
        /// A key that was offered would do.
        case wouldDo
        /// Something is missing yet.
        case partial
        case signedIn

        var result: ssh_auth_e {
            switch self {
            case .failed: SSH_AUTH_DENIED
            case .wouldDo, .signedIn: SSH_AUTH_SUCCESS
            case .partial: SSH_AUTH_PARTIAL
            }
        }
    }

    @unsafe private func attempt(
        _ user: UnsafePointer<CChar>?,
        _ credential: Credential
    ) -> AttemptResult {
        noteAnswer()
        guard let user = unsafe user else { return .failed }
        return attempt(unsafe bytes(of: user), credential)
    }

    /// Lets the delegate decide about one credential, as far as one may be shown at all.
    func attempt(_ name: [UInt8], _ credential: Credential) -> AttemptResult {
        question = nil
        // A second success or a change of name would be a state that nothing expects.
        guard !isSignedIn, ending == nil else { return .failed }
        // A client may pack many attempts into one segment, all read before the next check.
        guard !budget.isExhausted else {
            ending = .budgetExceeded(.attempts)
            return .failed
        }
        if pinnedUserName == nil { pinnedUserName = name }
        guard name == pinnedUserName, let delegate, steps.isSuperset(of: credential.step) else {
            budget.recordFailure()
            return .failed
        }
        let verdict = delegate.judge(userName: name, credential: credential)
        switch (credential, verdict) {
        case (.offered, .keyWouldDo):
            budget.recordOffer()
            return .wouldDo
        case (.offered, .denied), (.offered, .granted), (.offered, .refused), (.offered, .partial):
            budget.recordOffer()
            return .failed
        case (_, .granted):
            isSignedIn = true
            return .signedIn
        case (_, .partial(let next)):
            budget.recordProof(now: .now)
            offer(next)
            return .partial
        case (_, .refused(let reason)):
            // Clients give up as soon as they read the failure; a banner before it is what they show.
            sendBanner(reason)
            ending = .refused(reason: reason)
            return .failed
        case (_, .denied), (_, .keyWouldDo):
            budget.recordFailure()
            return .failed
        }
    }

    /// Queues a text for the person (RFC 4252 section 5.4); it needs no window, so it cannot wait.
    private func sendBanner(_ text: String) {
        // SAFETY: libssh copies the text into the packet, and the string is ours to free.
        guard let banner = unsafe ssh_string_from_char(text + "\r\n") else { return }
        unsafe ssh_send_issue_banner(session, banner)
        unsafe ssh_string_free(banner)
    }

    /// Counts a request that nothing here answers.
    func failUnsupported() {
        noteAnswer()
        if !isSignedIn { budget.recordFailure() }
    }
}

/// Copies a zero-terminated text of libssh.
@unsafe func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
    // SAFETY: libssh terminates what it hands out.
    var result: [UInt8] = []
    var cursor = unsafe text
    while unsafe cursor.pointee != 0 {
        unsafe result.append(UInt8(bitPattern: cursor.pointee))
        unsafe cursor += 1
    }
    return result
}

extension ClientKey {
    /// Reads type and fingerprint; nil for a key that libssh cannot hash.
    @unsafe fileprivate init?(_ key: ssh_key) {
        guard let fingerprint = unsafe Fingerprint.sha256(of: key) else { return nil }
        self.fingerprint = fingerprint
        let kind = unsafe ssh_key_type(key)
        // For plain ECDSA keys only the curve gives the full name.
        let name: UnsafePointer<CChar>? =
            kind == SSH_KEYTYPE_ECDSA
            ? unsafe ssh_pki_key_ecdsa_name(key) : unsafe ssh_key_type_to_char(kind)
        type = unsafe name.map { unsafe String(cString: $0) } ?? "unknown"
    }
}
