package import WireFormat

/// What was agreed in the key exchange (RFC 4253 section 7), for logs and lists.
package struct HandshakeReport: Equatable, Sendable {
    /// The client's version line, unverified.
    package var clientVersion: ByteString
    package var keyExchange: String
    package var cipherIn: String
    package var cipherOut: String

    package init(
        clientVersion: ByteString,
        keyExchange: String,
        cipherIn: String,
        cipherOut: String
    ) {
        self.clientVersion = clientVersion
        self.keyExchange = keyExchange
        self.cipherIn = cipherIn
        self.cipherOut = cipherOut
    }
}

/// What a session has moved so far.
package struct SessionCounters: Equatable, Sendable {
    /// Bytes on the wire from the client.
    package var bytesReceived: UInt64 = 0
    /// Bytes on the wire to the client.
    package var bytesSent: UInt64 = 0
    /// Content read from files.
    package var contentRead: UInt64 = 0
    /// Content written to files.
    package var contentWritten: UInt64 = 0
    /// SFTP requests answered.
    package var requests: UInt64 = 0
    /// SFTP requests that have arrived whole and are not answered.
    package var unanswered: UInt64 = 0

    package init() {}
}

/// Why a session ended, as the session itself saw it.
package enum SessionEnd: UInt8, CaseIterable, Sendable {
    /// The client closed the connection.
    case clientLeft = 0
    /// The gate said goodbye.
    case goodbye
    /// Nobody signed in within the grace.
    case signInGraceExceeded
    /// Too many failed attempts.
    case tooManyAttempts
    /// More packets or bytes than a sign-in needs.
    case unauthenticatedBudgetExceeded
    /// The credential was right, but there was no access.
    case accessRefused
    /// The client did not read what was sent to it.
    case stalled
    /// The client broke the SSH or SFTP protocol.
    case protocolViolation
    /// The process could not be confined and must not serve.
    case notConfined
    /// A fault of ours.
    case internalFault
    /// Nothing was opened on the connection for too long.
    case unused
    /// No request was made for too long.
    case idle
    /// The connection had lasted as long as any may.
    case timeLimit
    /// The client gave no sign of life.
    case silent
}

extension HandshakeReport {
    func encode(into writer: inout WireWriter) {
        writer.string(clientVersion)
        writer.text(keyExchange)
        writer.text(cipherIn)
        writer.text(cipherOut)
    }

    init(from reader: inout WireReader) throws(WireError) {
        clientVersion = try reader.string("client version", limit: LinkLimits.textLength)
        keyExchange = try reader.text("key exchange", limit: LinkLimits.textLength)
        cipherIn = try reader.text("cipher in", limit: LinkLimits.textLength)
        cipherOut = try reader.text("cipher out", limit: LinkLimits.textLength)
    }
}
