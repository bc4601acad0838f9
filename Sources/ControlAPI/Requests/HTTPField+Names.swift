import HTTPTypes

/// The headers that mean something here.
extension HTTPField.Name {
    /// Names the user in whose name the panel asks: by uuid, name or email address.
    static let actingUser = own("Portcullis-Acting-User")

    /// Where the person is in whose behalf the panel asks: an IPv4 or IPv6 address.
    static let clientAddress = own("Portcullis-Client-Address")

    /// A caller's name for its request (draft-ietf-httpapi-idempotency-key-header).
    static let idempotencyKey = own("Idempotency-Key")

    /// Marks an answer that was given before.
    static let idempotentReplay = own("Idempotent-Replay")

    /// What was ended, in answers that have no content to tell it in.
    static let revoked = own("Portcullis-Revoked")

    /// The id of the event that a client of a stream has seen last (WHATWG HTML section 9.2.4).
    static let lastEventID = own("Last-Event-ID")

    private static func own(_ token: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(token) else { fatalError("\(token) is no token") }
        return name
    }
}
