/// Why a connection is over, as the transport sees it.
package enum SSHEnding: Equatable, Sendable {
    /// The client disconnected or its socket closed.
    case clientLeft
    /// The client broke the SSH protocol; libssh's words.
    case protocolError(String)
    /// A bound on what may happen before a sign-in was passed.
    case budgetExceeded(SignInBudget.Excess)
    /// The credential was right, but there is no access; the text is for the client.
    case refused(reason: String)
    /// The client asked for a service that does not exist here.
    case unknownService
    /// The client did not read what was sent to it.
    case stalled
    /// A fault on this side.
    case failed(String)

    /// Reads libssh's own words for a session that it closed.
    init(libraryText: String, isError: Bool) {
        let isDeparture =
            libraryText.hasPrefix("Received SSH_MSG_DISCONNECT")
            || libraryText.hasPrefix("Socket error")
        self =
            isError && !isDeparture && !libraryText.isEmpty
            ? .protocolError(libraryText) : .clientLeft
    }
}
