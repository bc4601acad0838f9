import WireFormat

/// The state of a file system as statvfs@openssh.com tells it.
package struct FileSystemStatus: Equatable, Sendable {
    /// Preferred length of an input or output operation in bytes.
    package var blockSize: UInt64
    /// The unit of the block counts below, in bytes.
    package var fragmentSize: UInt64
    package var blocks: UInt64
    package var freeBlocks: UInt64
    /// Free blocks for users without privileges.
    package var availableBlocks: UInt64
    package var files: UInt64
    package var freeFiles: UInt64
    /// Free files for users without privileges.
    package var availableFiles: UInt64
    package var isReadOnly: Bool
    /// The longest name in bytes.
    package var nameLength: UInt64

    package init(
        blockSize: UInt64,
        fragmentSize: UInt64,
        blocks: UInt64,
        freeBlocks: UInt64,
        availableBlocks: UInt64,
        files: UInt64,
        freeFiles: UInt64,
        availableFiles: UInt64,
        isReadOnly: Bool,
        nameLength: UInt64
    ) {
        self.blockSize = blockSize
        self.fragmentSize = fragmentSize
        self.blocks = blocks
        self.freeBlocks = freeBlocks
        self.availableBlocks = availableBlocks
        self.files = files
        self.freeFiles = freeFiles
        self.availableFiles = availableFiles
        self.isReadOnly = isReadOnly
        self.nameLength = nameLength
    }

    func encode(into writer: inout WireWriter) {
        writer.uint64(blockSize)
        writer.uint64(fragmentSize)
        writer.uint64(blocks)
        writer.uint64(freeBlocks)
        writer.uint64(availableBlocks)
        writer.uint64(files)
        writer.uint64(freeFiles)
        writer.uint64(availableFiles)
        // The file system's id names a thing of the host; clients have no use for it.
        writer.uint64(0)
        writer.uint64(isReadOnly ? 1 : 0)
        writer.uint64(nameLength)
    }
}
