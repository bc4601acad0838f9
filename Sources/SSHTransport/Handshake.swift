import CLibSSH

/// What the first key exchange agreed on.
package struct Handshake: Equatable, Sendable {
    /// The client's version line, unverified.
    package let clientVersion: [UInt8]
    package let keyExchange: String
    package let cipherIn: String
    package let cipherOut: String
}

extension SSHConnection {
    /// Tells, once, what the first key exchange agreed on.
    func reportHandshake() {
        guard !isHandshakeReported, let keyExchange = unsafe ssh_get_kex_algo(session) else {
            return
        }
        isHandshakeReported = true
        let version = unsafe ssh_get_clientbanner(session)
        let cipherIn = unsafe ssh_get_cipher_in(session)
        let cipherOut = unsafe ssh_get_cipher_out(session)
        delegate?.handshakeCompleted(
            Handshake(
                clientVersion: unsafe version.map { unsafe Array(String(cString: $0).utf8) } ?? [],
                keyExchange: unsafe String(cString: keyExchange),
                cipherIn: unsafe cipherIn.map { unsafe String(cString: $0) } ?? "",
                cipherOut: unsafe cipherOut.map { unsafe String(cString: $0) } ?? ""
            )
        )
    }
}
