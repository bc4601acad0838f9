import CLibSSH

/// What a person was asked for by keyboard-interactive (RFC 4256).
enum KeyboardQuestion {
    case password
    case code

    /// The words before the place where the answer is typed; nobody sees what is typed.
    var prompt: String {
        switch self {
        case .password: "Password: "
        case .code: "Verification code: "
        }
    }

    func credential(_ answer: [UInt8]) -> Credential {
        switch self {
        case .password: .password(answer)
        case .code: .code(answer)
        }
    }
}

extension SSHConnection {
    /// Goes on with a conversation; false where libssh shall answer with a failure.
    ///
    /// One question at a time: the password, and then, if more is needed, the code, in one method
    /// for clients that know no other.
    @unsafe func converse(_ message: ssh_message) -> Bool {
        noteAnswer()
        guard unsafe ssh_message_auth_kbdint_is_response(message) == 1 else {
            guard let user = unsafe ssh_message_auth_user(message),
                unsafe isExpected(name: bytes(of: user)), let next = nextQuestion
            else {
                budget.recordFailure()
                return false
            }
            return unsafe ask(next, answering: message)
        }
        // libssh passes on answers that nobody asked for.
        guard let asked = question, let name = pinnedUserName,
            unsafe ssh_userauth_kbdint_getnanswers(session) == 1,
            let text = unsafe ssh_userauth_kbdint_getanswer(session, 0)
        else {
            question = nil
            budget.recordFailure()
            return false
        }
        let answer = unsafe bytes(of: text)
        switch attempt(name, asked.credential(answer)) {
        case .failed, .wouldDo: return false
        case .signedIn: return unsafe ssh_message_auth_reply_success(message, 0) == SSH_OK
        case .partial:
            guard steps.contains(.code) else {
                return unsafe ssh_message_auth_reply_success(message, 1) == SSH_OK
            }
            return unsafe ask(.code, answering: message)
        }
    }

    /// What to ask for next; nil where an answer would help nobody.
    private var nextQuestion: KeyboardQuestion? {
        if steps.contains(.code) { return .code }
        return steps.contains(.password) ? .password : nil
    }

    /// Whether somebody of this name may be asked anything.
    private func isExpected(name: [UInt8]) -> Bool {
        guard !isSignedIn, ending == nil, !budget.isExhausted else { return false }
        if pinnedUserName == nil { pinnedUserName = name }
        return name == pinnedUserName
    }

    @unsafe private func ask(
        _ next: KeyboardQuestion,
        answering message: ssh_message
    ) -> Bool {
        question = next
        // SAFETY: libssh copies the zero-terminated texts and the one flag within the call.
        let result = unsafe next.prompt.withCString { prompt in
            var prompts: [UnsafePointer<CChar>?] = unsafe [prompt]
            var isShown: CChar = 0
            return unsafe ssh_message_auth_interactive_request(
                message,
                "",
                "",
                1,
                &prompts,
                &isShown
            )
        }
        return result == SSH_OK
    }
}
