package import WireFormat

/// What a server needs to know besides the files and the policy.
package struct SFTPServerOptions: Sendable {
    /// How many files and directories may be open at a time.
    package var handleLimit: Int
    /// The client's version line (RFC 4253 section 4.2), with or without its "SSH-2.0-".
    package var clientVersion: ByteString

    package init(handleLimit: Int, clientVersion: ByteString) {
        self.handleLimit = handleLimit
        self.clientVersion = clientVersion
    }
}
