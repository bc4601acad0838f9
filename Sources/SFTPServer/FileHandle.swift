import LinuxSystem
import ServerFiles

/// An open file with what its handle may do and has done.
final class FileHandle {
    let path: VirtualPath
    let access: FileAccess
    /// Whether opening it made the file.
    let isOwnCreation: Bool
    /// Content bytes moved through this handle.
    private(set) var bytesRead: UInt64 = 0
    private(set) var bytesWritten: UInt64 = 0
    /// Whether content was dropped, or a write failed that may have begun.
    private(set) var isChanged: Bool
    private let file: OpenFile

    /// `isTruncated` says whether opening it dropped the content there was.
    init(
        _ file: consuming OpenFile,
        path: VirtualPath,
        access: FileAccess,
        isOwnCreation: Bool,
        isTruncated: Bool
    ) {
        self.file = file
        self.path = path
        self.access = access
        self.isOwnCreation = isOwnCreation
        isChanged = isTruncated
    }

    /// Appends content to `bytes` and says how much; less than `count` only at the file's end.
    func read(
        appendingTo bytes: inout [UInt8],
        count: Int,
        at offset: UInt64
    ) throws(Refusal) -> Int {
        let moved = try readAside(into: &bytes, count: count, at: offset)
        bytesRead &+= UInt64(moved)
        return moved
    }

    /// The same for content that goes nowhere.
    func readAside(
        into bytes: inout [UInt8],
        count: Int,
        at offset: UInt64
    ) throws(Refusal) -> Int {
        do throws(FileFailure) {
            return try file.read(appendingTo: &bytes, count: count, at: offset)
        } catch {
            throw .failed(error)
        }
    }

    /// Has the kernel copy up to `count` bytes; nil where it cannot, 0 only at the end.
    func copy(
        from offset: UInt64,
        to target: FileHandle,
        at targetOffset: UInt64,
        count: Int
    ) throws(Refusal) -> Int? {
        do throws(FileFailure) {
            let moved = try file.copy(
                from: offset,
                to: target.file,
                at: targetOffset,
                count: count
            )
            bytesRead &+= UInt64(moved ?? 0)
            target.bytesWritten &+= UInt64(moved ?? 0)
            return moved
        } catch {
            target.isChanged = true
            throw .failed(error)
        }
    }

    /// Writes all of `bytes`.
    func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(Refusal) {
        do throws(FileFailure) {
            try file.write(bytes, at: offset)
            bytesWritten &+= UInt64(bytes.count)
        } catch {
            isChanged = true
            throw .failed(error)
        }
    }

    /// Returns when everything is on the disk.
    func synchronize() throws(Refusal) {
        do throws(FileFailure) {
            try file.synchronize()
        } catch {
            throw .failed(error)
        }
    }

    /// What can be known about the write-back before the descriptor goes away.
    func flush() throws(Refusal) {
        do throws(FileFailure) {
            try file.flush()
        } catch {
            throw .failed(error)
        }
    }

    func metadata() throws(FileFailure) -> FileMetadata {
        try file.metadata()
    }

    func fileSystem() throws(FileFailure) -> FileSystemMetadata {
        try file.fileSystem()
    }

    func apply(_ change: FileChange) throws(FileFailure) {
        try file.apply(change)
    }
}
