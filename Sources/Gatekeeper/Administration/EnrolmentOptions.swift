/// What authenticators are told about this host.
package struct EnrolmentOptions: Sendable {
    /// The name under which people know it; it stands above their codes.
    package var issuer: String

    package init(issuer: String = "Portcullis") {
        self.issuer = issuer
    }
}
