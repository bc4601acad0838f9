import LinuxSystem

/// Secrets that a person types or a program pipes in; never arguments, which `ps` shows.
enum SecretInput {
    /// The first line of standard input.
    static func line(_ what: String) throws(CommandFailure) -> String {
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw CommandFailure(.failure, "standard input holds no \(what)")
        }
        return line
    }

    /// A code of somebody's authenticator: what a person types, or the first line of what is piped in.
    ///
    /// It is shown while it is typed; it is good for nothing afterwards.
    static func code(for user: String) throws(CommandFailure) -> String {
        if Terminal.isInteractive {
            StandardError.write(Array("Code that the authenticator of \(user) shows: ".utf8))
        }
        return try line("code")
    }

    /// A new password, asked for twice on the terminal.
    static func newPassword(for user: String, otherwise hint: String) throws(CommandFailure)
        -> String
    {
        guard Terminal.isInteractive else {
            throw CommandFailure(.failure, "there is no terminal to ask for a password", hint: hint)
        }
        let first = Terminal.readSecret(prompt: "New password for \(user): ")
        guard let first, !first.isEmpty else {
            throw CommandFailure(.failure, "no password was given", hint: hint)
        }
        guard Terminal.readSecret(prompt: "Once more: ") == first else {
            throw CommandFailure(.failure, "the two passwords differ")
        }
        return first
    }
}
