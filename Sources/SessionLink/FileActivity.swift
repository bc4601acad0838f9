package import AccessControl
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

extension FileActivity {
    func encode(into writer: inout WireWriter) {
        writer.byte(operation.rawValue)
        writer.string(path)
        writer.boolean(secondPath != nil)
        if let secondPath { writer.string(secondPath) }
        writer.uint64(byteCount)
        switch outcome {
        case .done: writer.text("")
        case .denied(let right): writer.text(right.rawValue)
        }
    }

    init(from reader: inout WireReader) throws(WireError) {
        guard let operation = FileOperation(rawValue: try reader.byte("operation")) else {
            throw .invalid(field: "operation")
        }
        self.operation = operation
        path = try reader.string("path", limit: LinkLimits.pathLength)
        secondPath =
            try reader.boolean("second path")
            ? try reader.string("second path", limit: LinkLimits.pathLength) : nil
        byteCount = try reader.uint64("byte count")
        let missing = try reader.text("missing right", limit: LinkLimits.textLength)
        if missing.isEmpty {
            outcome = .done
        } else {
            guard let right = FileRight(rawValue: missing) else {
                throw .invalid(field: "missing right")
            }
            outcome = .denied(right)
        }
    }
}
