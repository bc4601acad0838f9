import CLibSSH

extension SSHConnection {
    /// Asks the client for a sign of life, as OpenSSH does: any answer is one, a refusal too
    /// (RFC 4254 section 4).
    ///
    /// Not inside a callback.
    package func probe() {
        guard !isClosed, ending == nil else { return }
        // A call that finds the answer to an earlier question takes it and asks nothing; one that
        // finds a question open leaves it at that.
        for _ in 0..<2 { unsafe ssh_send_keepalive(session) }
    }
}
