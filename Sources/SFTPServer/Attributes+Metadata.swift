import LinuxSystem
import SFTPProtocol
import ServerFiles

extension Attributes {
    /// The attributes of a file as clients see them.
    init(_ metadata: FileMetadata) {
        self.init(
            size: metadata.size,
            owner: Owner(user: metadata.user, group: metadata.group),
            permissions: metadata.mode,
            times: Times(
                access: Self.clamped(metadata.accessTime),
                modification: Self.clamped(metadata.modificationTime)
            )
        )
    }

    /// Some clients read times as signed: only what both readings agree on is ever sent.
    private static func clamped(_ time: Int64) -> UInt32 {
        UInt32(min(max(time, 0), Int64(Int32.max)))
    }
}

extension FileChange {
    /// What a client asks to set; owners are ignored, files belong to whoever runs the server.
    init(_ attributes: Attributes) {
        self.init(
            size: attributes.size,
            mode: attributes.permissions,
            times: attributes.times.map { times in
                Times(
                    access: Int64(min(times.access, UInt32(Int32.max))),
                    modification: Int64(min(times.modification, UInt32(Int32.max)))
                )
            }
        )
    }
}

extension FileSystemStatus {
    init(_ metadata: FileSystemMetadata) {
        self.init(
            blockSize: metadata.blockSize,
            fragmentSize: metadata.fragmentSize,
            blocks: metadata.blocks,
            freeBlocks: metadata.freeBlocks,
            availableBlocks: metadata.availableBlocks,
            files: metadata.files,
            freeFiles: metadata.freeFiles,
            availableFiles: metadata.availableFiles,
            isReadOnly: metadata.isReadOnly,
            nameLength: metadata.nameLength
        )
    }
}
