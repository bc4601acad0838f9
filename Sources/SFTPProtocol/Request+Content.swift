package import WireFormat

/// Extended requests about content that the server works on by itself.
extension Request {
    /// copy-data (draft-ietf-secsh-filexfer-extensions-00 section 7).
    package struct CopyData: Equatable, Sendable {
        package var source: Handle?
        package var sourceOffset: UInt64
        /// How many bytes to copy; 0 for all up to the end.
        package var length: UInt64
        package var target: Handle?
        package var targetOffset: UInt64

        package init(
            source: Handle?,
            sourceOffset: UInt64,
            length: UInt64,
            target: Handle?,
            targetOffset: UInt64
        ) {
            self.source = source
            self.sourceOffset = sourceOffset
            self.length = length
            self.target = target
            self.targetOffset = targetOffset
        }
    }

    /// check-file-name and check-file-handle (draft-ietf-secsh-filexfer-extensions-00 section 3).
    package struct CheckFile: Equatable, Sendable {
        /// Which file is meant.
        package enum Subject: Equatable, Sendable {
            case path(ByteString)
            case handle(Handle?)
        }

        package var subject: Subject
        /// What the client can use, the algorithm it likes best first; unknown ones left out.
        package var algorithms: [DigestAlgorithm]
        package var offset: UInt64
        /// How many bytes are meant; 0 for all up to the end.
        package var length: UInt64
        /// How many bytes make a block with a hash of its own; 0 for one hash of everything.
        package var blockLength: UInt32
        /// Whether the reply begins with the extension's name.
        ///
        /// WinSCP and ProFTPD know no such field. paramiko does, and asks by another name.
        package var namesReply: Bool

        package init(
            subject: Subject,
            algorithms: [DigestAlgorithm],
            offset: UInt64,
            length: UInt64,
            blockLength: UInt32,
            namesReply: Bool
        ) {
            self.subject = subject
            self.algorithms = algorithms
            self.offset = offset
            self.length = length
            self.blockLength = blockLength
            self.namesReply = namesReply
        }
    }
}
