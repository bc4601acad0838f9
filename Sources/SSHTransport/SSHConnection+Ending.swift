import CLibSSH
import LinuxSystem

extension SSHConnection {
    /// Says goodbye with a text the client shows, and closes the socket.
    ///
    /// The text reaches the client only if nothing else is waiting to be sent.
    package func end(saying text: String?) {
        guard !isClosed else { return }
        isEnding = true
        abandonChannels()
        if let text, unsafe ssh_get_status(session) & (SSH_CLOSED | SSH_CLOSED_ERROR) == 0 {
            // SAFETY: libssh copies the text; the session is alive until `close`.
            _ = unsafe text.withCString { unsafe ssh_session_set_disconnect_message(session, $0) }
            unsafe ssh_blocking_flush(session, Self.farewellMilliseconds)
            // `ssh_disconnect` queues the message and closes at once; this makes it send first.
            if !isWritePending { unsafe ssh_set_fd_towrite(session) }
            let copy = try? ClientSocket.duplicate(unsafe ssh_get_fd(session))
            unsafe ssh_disconnect(session)
            if let copy {
                // Closing with input unread would make the kernel reset the connection, and the
                // client would lose what it has not read yet: the text.
                ClientSocket.finish(copy, milliseconds: Self.farewellMilliseconds)
            }
        }
        close()
    }

    /// How long a goodbye may take to leave, and then how long the client may take to read it.
    private static let farewellMilliseconds: Int32 = 40

    /// Lets go of every channel before libssh frees them with the session.
    func abandonChannels() {
        for channel in channels { channel.abandon() }
        channels.removeAll()
    }
}
