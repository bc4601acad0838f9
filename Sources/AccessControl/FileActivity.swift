package import WireFormat

/// One thing a client did, or tried to do, to the server's files.
package struct FileActivity: Equatable, Sendable {
    /// How it ended.
    package enum Outcome: Equatable, Sendable {
        case done
        /// The person lacks this right.
        case denied(FileRight)
    }

    package var operation: FileOperation
    /// The path inside the server, as the client named it.
    package var path: ByteString
    /// The other path of a rename or the target of a link.
    package var secondPath: ByteString?
    /// Content bytes moved; zero for anything but a transfer.
    package var byteCount: UInt64
    package var outcome: Outcome

    package init(
        operation: FileOperation,
        path: ByteString,
        secondPath: ByteString? = nil,
        byteCount: UInt64 = 0,
        outcome: Outcome = .done
    ) {
        self.operation = operation
        self.path = path
        self.secondPath = secondPath
        self.byteCount = byteCount
        self.outcome = outcome
    }
}
