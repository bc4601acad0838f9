import SFTPProtocol
import ServerFiles
import WireFormat

/// copy-data: content on its way from one open file to another.
final class ContentCopy: Undertaking {
    private let source: FileHandle
    private let target: FileHandle
    private var sourceOffset: UInt64
    private var targetOffset: UInt64
    /// How much is still to copy; nil for all up to the end.
    private var rest: UInt64?
    /// Whether the kernel has refused to copy by itself.
    private var isBuffered = false

    /// How much one piece is, in bytes: about a hundredth of a second of a slow disk.
    private static let pieceLength: UInt64 = 4 << 20
    /// The same where every byte passes through this process.
    private static let bufferedPieceLength: UInt64 = 1 << 20

    init(_ request: Request.CopyData, from source: FileHandle, to target: FileHandle) {
        self.source = source
        self.target = target
        sourceOffset = request.sourceOffset
        targetOffset = request.targetOffset
        rest = request.length == 0 ? nil : request.length
    }

    func advance() throws(Refusal) -> Bool {
        let moved = try copyPiece()
        if moved == 0 {
            // The client named a length that is not there.
            guard rest == nil else { throw .endOfFile }
            return true
        }
        sourceOffset &+= moved
        targetOffset &+= moved
        guard let rest else { return false }
        self.rest = rest &- moved
        return rest == moved
    }

    func reply(to id: UInt32, into output: inout WireWriter) {
        output.done(id)
    }

    private func copyPiece() throws(Refusal) -> UInt64 {
        if !isBuffered {
            let wanted = Int(min(rest ?? .max, Self.pieceLength))
            let moved = try source.copy(
                from: sourceOffset,
                to: target,
                at: targetOffset,
                count: wanted
            )
            if let moved { return UInt64(moved) }
            isBuffered = true
        }
        var buffer: [UInt8] = []
        let wanted = Int(min(rest ?? .max, Self.bufferedPieceLength))
        let count = try source.read(appendingTo: &buffer, count: wanted, at: sourceOffset)
        guard count > 0 else { return 0 }
        try target.write(buffer.span, at: targetOffset)
        return UInt64(count)
    }
}
