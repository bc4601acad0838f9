import ContentHashing
import SFTPProtocol
import ServerFiles
import WireFormat

/// check-file: hashes of content being made.
final class ContentCheck: Undertaking {
    private let file: FileHandle
    private let algorithm: DigestAlgorithm
    private let extensionName: ProtocolExtension?
    private var digest: ContentDigest
    private var offset: UInt64
    /// How much is still to hash.
    private var rest: UInt64
    /// Bytes that make a hash; nil for everything in one.
    private let blockLength: UInt64?
    /// How much of the block under way has been taken in.
    private var blockCount: UInt64 = 0
    private var digests: [UInt8] = []

    /// How much one piece is, in bytes: some hundredths of a second for the slowest hash.
    private static let pieceLength: UInt64 = 4 << 20
    private static let bufferLength: UInt64 = 256 << 10

    /// Begins with the first algorithm asked for that there is; `size` is the file's length.
    init(_ request: Request.CheckFile, of file: FileHandle, size: UInt64) throws(Refusal) {
        let present = size > request.offset ? size &- request.offset : 0
        let length = request.length == 0 ? present : min(request.length, present)
        if request.blockLength != 0 {
            let block = UInt64(request.blockLength)
            guard
                request.blockLength >= ProtocolLimits.digestBlockLength,
                length / block < ProtocolLimits.digestCount
            else { throw .unusableBlocks }
            blockLength = block
        } else {
            blockLength = nil
        }
        let available = request.algorithms.first { ContentDigest.isAvailable($0.rawValue) }
        guard let algorithm = available else { throw .unknownDigest }
        do throws(DigestFailure) {
            digest = try ContentDigest(algorithm.rawValue)
        } catch {
            throw .digestFailed
        }
        self.algorithm = algorithm
        self.file = file
        extensionName = request.namesReply ? .checkFile : nil
        offset = request.offset
        rest = length
    }

    func advance() throws(Refusal) -> Bool {
        var buffer: [UInt8] = []
        var budget = Self.pieceLength
        while rest > 0, budget > 0 {
            let open = blockLength.map { $0 &- blockCount } ?? .max
            let wanted = min(rest, open, Self.bufferLength)
            buffer.removeAll(keepingCapacity: true)
            let count = try file.readAside(into: &buffer, count: Int(wanted), at: offset)
            // The file was cut meanwhile; what is gone has no hash.
            guard count > 0 else {
                rest = 0
                break
            }
            try take(buffer.span)
            budget = budget > UInt64(count) ? budget &- UInt64(count) : 0
        }
        guard rest == 0 else { return false }
        // One hash there always is, if only of nothing.
        if blockCount > 0 || blockLength == nil { try closeBlock() }
        return true
    }

    func reply(to id: UInt32, into output: inout WireWriter) {
        output.digests(digests, by: algorithm, naming: extensionName, to: id)
    }

    private func take(_ content: Span<UInt8>) throws(Refusal) {
        do throws(DigestFailure) {
            try digest.append(content)
        } catch {
            throw .digestFailed
        }
        let count = UInt64(content.count)
        offset &+= count
        rest &-= count
        blockCount &+= count
        if blockCount == blockLength { try closeBlock() }
    }

    private func closeBlock() throws(Refusal) {
        do throws(DigestFailure) {
            digests += try digest.finish()
        } catch {
            throw .digestFailed
        }
        blockCount = 0
    }
}
